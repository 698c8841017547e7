//! Words of a description that stand for those of the token: `{organization}`, `{name}`, `{id}`.
//! A name is somebody's text: only letters of it get anywhere.

use super::Delivery;

/// What is wanted and not known, in words.
pub(super) fn unknown(word: &str, delivery: &Delivery) -> Option<&'static str> {
    if delivery.name.is_none() && word.contains("{name}") {
        return Some("it wants the name of the token");
    }
    let wants_id = delivery.id.is_none() && word.contains("{id}");
    wants_id.then_some("it wants the id of the token")
}

/// A word for a program.
pub(super) fn word(word: &str, delivery: &Delivery) -> String {
    let name = delivery.name.as_ref().map(|name| slug(name.raw()));
    filled(word, delivery, name.as_deref(), delivery.organization.as_str())
}

/// The name of a variable.
pub(super) fn variable(key: &str, delivery: &Delivery) -> String {
    let name = delivery.name.as_ref().map(|name| letters(name.raw()));
    let filled = filled(key, delivery, name.as_deref(), &letters(delivery.organization.as_str()));
    if filled.starts_with(|c: char| c.is_ascii_digit()) { format!("_{filled}") } else { filled }
}

fn filled(text: &str, delivery: &Delivery, name: Option<&str>, organization: &str) -> String {
    // The name comes last: what stands in it is filled no more.
    let mut text = text.replace("{organization}", organization);
    if let Some(id) = delivery.id {
        text = text.replace("{id}", &id.to_string());
    }
    if let Some(name) = name {
        text = text.replace("{name}", name);
    }
    text
}

/// Letters, digits and what is between them, so that it is neither an option nor a path.
fn slug(name: &str) -> String {
    let fit = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '-' };
    let slug: String = name.chars().map(fit).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "token".to_owned() } else { slug.to_owned() }
}

fn letters(name: &str) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    name.chars().map(fit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Delivery {
        Delivery::of_new("contoso-eu".parse().unwrap(), name)
    }

    #[test]
    fn only_letters_of_a_name_get_anywhere() {
        for (name, as_word, as_variable) in [
            ("release-bot", "release-bot", "PAT_RELEASE_BOT"),
            ("--force", "force", "PAT___FORCE"),
            ("../../x", "x", "PAT_______X"),
            ("夜間ビルド", "夜間ビルド", "PAT______"),
            ("{id} $(id)", "id----id", "PAT__ID____ID_"),
            ("\u{202e}\n", "token", "PAT___"),
        ] {
            assert_eq!(word("{name}", &of(name)), as_word);
            assert_eq!(variable("PAT_{name}", &of(name)), as_variable);
        }
        assert_eq!(word("a/{organization}/{name}", &of("b")), "a/contoso-eu/b");
        assert_eq!(variable("{organization}", &of("b")), "CONTOSO_EU");
        assert_eq!(variable("{name}", &of("1st")), "_1ST");
    }

    #[test]
    fn what_is_not_known_is_said() {
        let nobody = Delivery::to("contoso".parse().unwrap());
        assert_eq!(unknown("{organization}", &nobody), None);
        assert_eq!(unknown("x{name}", &nobody), Some("it wants the name of the token"));
        assert_eq!(unknown("x{name}", &of("a")), None);
        assert_eq!(unknown("{id}", &of("a")), Some("it wants the id of the token"));
    }
}
