//! What the browser shows after a sign-in: a few words, no script, and nothing that came with the
//! request.

use http::StatusCode;

/// The page after a success.
pub(super) fn signed_in() -> Vec<u8> {
    answer(StatusCode::OK, "You are signed in. Return to the terminal.")
}

/// The page after a refusal; the terminal tells why.
pub(super) fn not_signed_in() -> Vec<u8> {
    answer(StatusCode::OK, "The sign-in did not work. The terminal tells why.")
}

/// For everything that is not the answer of this sign-in.
pub(super) fn stray(status: StatusCode) -> Vec<u8> {
    answer(status, "This is not the answer of a sign-in that azpat waits for.")
}

fn answer(status: StatusCode, words: &str) -> Vec<u8> {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>azpat</title>\n<style>\n:root {{ color-scheme: \
         light dark }}\nbody {{ font: 1.25rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: \
         20vh auto; padding: 0 1rem }}\n</style>\n<p>{words}</p>\n</html>\n"
    );
    // Scripts, images and everything else from anywhere are off; only the style above is not.
    let head = format!(
        "HTTP/1.1 {status}\r\n\
         Content-Type: text/html; charset=utf-8\r\n\
         Content-Length: {}\r\n\
         Cache-Control: no-store\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\
         Referrer-Policy: no-referrer\r\n\
         X-Content-Type-Options: nosniff\r\n\
         Connection: close\r\n\r\n",
        page.len()
    );
    [head.into_bytes(), page.into_bytes()].concat()
}
