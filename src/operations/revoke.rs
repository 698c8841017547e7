//! Revokes a token, and finds out what became of it when the answer is lost.
