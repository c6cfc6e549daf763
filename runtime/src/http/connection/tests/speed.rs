//! What a request costs. To be run by hand, in a release build: `cargo test --release -p moondust-runtime --lib
//! http::connection::tests::speed -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use super::*;

const ROUNDS: u32 = 1_000_000;

fn measure(name: &str, text: &[u8], status: u16) {
    let mut connection = Connection::new(Limits::default());
    let date = HttpDate::at(std::time::UNIX_EPOCH);
    let mut out = Vec::new();
    let began = Instant::now();
    for _ in 0..ROUNDS {
        let mut input = black_box(text);
        while let Some(event) = connection.poll(&mut input) {
            match event {
                Event::Request(head) => drop(black_box(head)),
                Event::Body(body) => _ = black_box(body),
                Event::End => {
                    let mut response = Response::new(status);
                    let headers = &mut response.headers;
                    headers.set("Content-Type", b"application/json").unwrap();
                    response
                        .body
                        .extend_from_slice(b"{\"id\":\"{app:tasks|0x1234}\"}");
                    let after = connection.respond(&response, &date, &mut out);
                    assert_eq!(after, Ok(After::KeepAlive));
                }
                Event::Rejected(rejection) => panic!("{rejection}"),
            }
        }
        out.clear();
    }
    let each = began.elapsed() / ROUNDS;
    println!("{name}: {} ns", each.as_nanos());
}

#[test]
#[ignore = "measures; by hand"]
fn a_small_request_is_read_and_answered() {
    let body = r#"{"name":"generate-report","duration":5}"#;
    let length = body.len();
    let post = format!(
        "POST /api/tasks HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    measure("POST with JSON", post.as_bytes(), 202);
    measure(
        "GET",
        b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n",
        200,
    );
    let browser = "GET / HTTP/1.1\r\nHost: localhost:8080\r\nConnection: keep-alive\r\nCache-Control: max-age=0\r\n\
        Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n\
        Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nSec-Fetch-Site: none\r\n\
        Sec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n\
        Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en;q=0.9\r\n\r\n";
    measure("GET of a browser", browser.as_bytes(), 200);
}
