//! The blocks of code in a page.

/// A block, and where it is.
#[derive(Debug)]
pub struct Block<'a> {
    pub language: &'a str,
    /// The line that it begins in, from 1.
    pub line: usize,
    /// The line that it ends in.
    pub end: usize,
    pub text: String,
}

/// All of them, in order.
pub fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut lines = (1..).zip(markdown.lines());
    while let Some((line, first)) = lines.next() {
        let Some(language) = first.strip_prefix("```") else {
            continue;
        };
        let text = lines.by_ref().map(|(_, line)| line);
        let text: Vec<&str> = text.take_while(|line| *line != "```").collect();
        found.push(Block {
            language,
            line,
            end: line + text.len() + 1,
            text: text.iter().map(|line| format!("{line}\n")).collect(),
        });
    }
    found
}

/// The Lua blocks that are a process's, each with the line it begins in. One right behind a request is a function's.
pub fn examples(markdown: &str) -> Vec<(usize, String)> {
    let blocks = blocks(markdown);
    let is_asked = |at: usize| at > 0 && blocks[at - 1].is_before(&blocks[at], "http");
    let own = blocks.iter().enumerate();
    let own = own.filter(|(at, block)| block.language == "lua" && !is_asked(*at));
    own.map(|(_, block)| (block.line, block.text.clone()))
        .collect()
}

/// A request, the function that answers it, and the answer: three blocks with nothing between.
pub struct Served {
    pub line: usize,
    pub request: String,
    pub function: String,
    pub answer: String,
}

/// All of them.
pub fn served(markdown: &str) -> Vec<Served> {
    let blocks = blocks(markdown);
    let threes = blocks.windows(3).filter_map(|three| match three {
        [request, function, answer]
            if request.is_before(function, "http")
                && function.is_before(answer, "lua")
                && answer.language == "http" =>
        {
            Some(Served {
                line: function.line,
                request: request.text.clone(),
                function: function.text.clone(),
                answer: answer.text.clone(),
            })
        }
        _ => None,
    });
    threes.collect()
}

impl Block<'_> {
    /// Whether it is in this language, and another begins where it ends.
    fn is_before(&self, next: &Block, language: &str) -> bool {
        self.language == language && self.end + 1 == next.line
    }
}
