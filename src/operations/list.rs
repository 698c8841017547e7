//! Lists the tokens of several organizations: three filtered lists each, side by side.
