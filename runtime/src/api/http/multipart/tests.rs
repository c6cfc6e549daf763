use super::*;

const KIND: &[u8] = b"multipart/form-data; boundary=xyz";

/// Name, file and content of each part.
fn parts(body: &str) -> Result<Vec<(String, Option<String>, String)>, MultipartError> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let parts = parse(body.as_bytes(), &boundary(KIND).unwrap())?;
    let shown = parts.into_iter().map(|part| {
        let file = part.file.as_deref().map(text);
        (text(&part.name), file, text(&body.as_bytes()[part.content]))
    });
    Ok(shown.collect())
}

fn field(name: &str, content: &str) -> String {
    format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n")
}

fn value(name: &str, content: &str) -> (String, Option<String>, String) {
    (name.to_owned(), None, content.to_owned())
}

#[test]
fn fields_and_files_come_in_order() {
    let body = format!(
        "{}--xyz\r\ncontent-disposition: form-data; name=f; filename=\"a.txt\"\r\nContent-Type: text/x\r\n\r\none\r\ntwo\r\n--xyz--\r\n",
        field("a", "1")
    );
    let file = (
        "f".to_owned(),
        Some("a.txt".to_owned()),
        "one\r\ntwo".to_owned(),
    );
    assert_eq!(parts(&body), Ok(vec![value("a", "1"), file]));
    let all = parse(body.as_bytes(), b"xyz").unwrap();
    let head = &body.as_bytes()[all[1].head.clone()];
    assert_eq!(header(head, "CONTENT-type"), Some(&b"text/x"[..]));
    assert_eq!(header(head, "x"), None);
}

#[test]
fn what_is_before_and_behind_is_nobodys() {
    let body = format!("hello\r\n{}--xyz--\r\n{}", field("a", "1"), field("b", "2"));
    assert_eq!(parts(&body), Ok(vec![value("a", "1")]));
    assert_eq!(parts("--xyz--"), Ok(vec![]));
    assert_eq!(parts("x\r\n--xyz-- \t"), Ok(vec![]));
}

#[test]
fn only_a_whole_line_is_a_boundary() {
    for content in [
        "\r\n--xyza",
        "\r\n--xyz-",
        "\r\n--xyz --",
        "\n--xyz\n",
        "\r\n--xyz--a",
        "\r\n-xyz",
        "\r",
    ] {
        let body = format!("{}--xyz--", field("a", content));
        assert_eq!(parts(&body), Ok(vec![value("a", content)]), "{content:?}");
    }
    let body = format!("{}--xyz \t\r\n\r\nx\r\n--xyz--", field("a", "1"));
    assert_eq!(
        parts(&body),
        Ok(vec![value("a", "1")]),
        "white space may follow it"
    );
}

#[test]
fn a_part_may_be_empty() {
    assert_eq!(
        parts(&format!("{}--xyz--", field("a", ""))),
        Ok(vec![value("a", "")])
    );
    // Without the line's end that belongs to the boundary, as some clients send it.
    let head = "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--xyz--";
    assert_eq!(parts(head), Ok(vec![value("a", "")]));
}

#[test]
fn what_has_no_name_is_left_out() {
    for head in [
        "",
        "Content-Type: text/x\r\n",
        "Content-Disposition: attachment; name=a\r\n",
        "Content-Disposition: form-data; name=\"\"\r\n",
    ] {
        assert_eq!(
            parts(&format!("--xyz\r\n{head}\r\nx\r\n--xyz--")),
            Ok(vec![]),
            "{head}"
        );
    }
}

#[test]
fn damage_is_told() {
    for (body, error) in [
        ("", MultipartError::Truncated),
        ("--xyz", MultipartError::Truncated),
        ("--xyz\r\n", MultipartError::Truncated),
        ("--xyz\r\nA: b", MultipartError::Truncated),
        ("--xyz\r\nA: b\r\n\r\nx", MultipartError::Truncated),
        ("--xyz\r\nA: b\r\n\r\nx\r\n--xyz", MultipartError::Truncated),
        (
            "--xyz\r\nno header\r\n\r\nx\r\n--xyz--",
            MultipartError::Head,
        ),
        (
            "--xyz\r\nA: b\r\n c\r\n\r\nx\r\n--xyz--",
            MultipartError::Head,
        ),
    ] {
        assert_eq!(parts(body), Err(error), "{body:?}");
    }
}

#[test]
fn there_are_limits() {
    let many = |count| format!("{}--xyz--", field("a", "").repeat(count));
    assert_eq!(parts(&many(MOST_PARTS)).unwrap().len(), MOST_PARTS);
    assert_eq!(parts(&many(MOST_PARTS + 1)), Err(MultipartError::ManyParts));
    let headers = format!(
        "--xyz\r\n{}\r\nx\r\n--xyz--",
        "A: b\r\n".repeat(MOST_HEADERS + 1)
    );
    assert_eq!(parts(&headers), Err(MultipartError::LongHead));
    let long = format!("--xyz\r\nA: {}\r\n\r\nx\r\n--xyz--", "b".repeat(MOST_HEAD));
    assert_eq!(parts(&long), Err(MultipartError::LongHead));
}

#[test]
fn a_boundary_is_that_of_a_form() {
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=x",
        "text/plain",
    ] {
        assert_eq!(
            boundary(kind.as_bytes()),
            Err(MultipartError::NoBoundary),
            "{kind}"
        );
    }
    let long = format!("multipart/form-data; boundary={}", "x".repeat(71));
    assert_eq!(boundary(long.as_bytes()), Err(MultipartError::NoBoundary));
    let quoted = b"Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"";
    assert_eq!(boundary(quoted), Ok(b"a b".to_vec()));
}
