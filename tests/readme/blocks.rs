//! What a README has between fences.

/// A part of a file between fences.
pub struct Block {
    pub language: String,
    pub text: String,
}

/// All of a file, in their order.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let text = lines.by_ref().take_while(|line| *line != "```");
            blocks.push(Block {
                language: language.to_owned(),
                text: text.map(|line| format!("{line}\n")).collect(),
            });
        }
    }
    blocks
}
