//! Key chords, and the way from a key press to an [`Action`].

use std::{collections::HashMap, fmt, str::FromStr};

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::action::{Action, BINDINGS, Binding, Layer};

/// One key with its modifiers, as `C-f`, `enter`, `?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// A key name that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown key `{0}`; use a character, `C-x`, `F1` or one of {names}", names = names())]
pub struct UnknownKey(String);

const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
];

fn names() -> String {
    NAMED.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

impl FromStr for Chord {
    type Err = UnknownKey;

    fn from_str(text: &str) -> Result<Self, UnknownKey> {
        let (modifiers, key) = match text.strip_prefix("C-") {
            Some(key) if !key.is_empty() => (KeyModifiers::CONTROL, key),
            _ => (KeyModifiers::NONE, text),
        };
        let named = NAMED.iter().find(|(name, _)| *name == key).map(|(_, code)| *code);
        let function = key.strip_prefix('F').and_then(|number| number.parse().ok()).map(KeyCode::F);
        let mut chars = key.chars();
        let single = match (chars.next(), chars.next()) {
            (Some(c), None) => Some(KeyCode::Char(c)),
            _ => None,
        };
        let code = named.or(single).or(function).ok_or_else(|| UnknownKey(text.to_owned()))?;
        Ok(Self { code, modifiers })
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            f.write_str("C-")?;
        }
        match (NAMED.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, code) => write!(f, "{code}"),
        }
    }
}

impl From<KeyEvent> for Chord {
    fn from(key: KeyEvent) -> Self {
        // Terminals disagree on whether `?` arrives with SHIFT set; the character already says it.
        let keep = match key.code {
            KeyCode::Char(_) => KeyModifiers::CONTROL | KeyModifiers::ALT,
            _ => KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT,
        };
        match (key.code, key.modifiers & keep) {
            (KeyCode::BackTab, _) => Self { code: KeyCode::BackTab, modifiers: KeyModifiers::NONE },
            (code, modifiers) => Self { code, modifiers },
        }
    }
}

/// Compiled bindings. Building one fails on an unknown or doubled key.
#[derive(Debug, Default)]
pub struct Keymap {
    actions: HashMap<(Layer, Chord), Action>,
}

/// Why a table of bindings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    #[error(transparent)]
    UnknownKey(#[from] UnknownKey),
    #[error("key `{chord}` is bound twice in {layer:?}: to {first:?} and to {second:?}")]
    Doubled { chord: Chord, layer: Layer, first: Action, second: Action },
}

impl Keymap {
    pub fn new(bindings: &[Binding]) -> Result<Self, KeymapError> {
        let mut map = Self::default();
        for binding in bindings {
            for key in binding.keys {
                let (layer, chord): (Layer, Chord) = (binding.layer, key.parse()?);
                let before = map.actions.insert((layer, chord), binding.action.clone());
                if let Some(first) = before {
                    let second = binding.action.clone();
                    return Err(KeymapError::Doubled { chord, layer, first, second });
                }
            }
        }
        Ok(map)
    }

    pub fn defaults() -> Result<Self, KeymapError> {
        Self::new(BINDINGS)
    }

    /// The action for a key press, asking `layers` from the last to the first.
    pub fn action(&self, layers: &[Layer], key: KeyEvent) -> Option<Action> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        if let (true, KeyCode::Char(c)) = (layers.contains(&Layer::Text), key.code)
            && !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
        {
            return Some(Action::Insert(c));
        }
        let chord = Chord::from(key);
        layers.iter().rev().find_map(|layer| self.actions.get(&(*layer, chord)).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(code: KeyCode, modifiers: KeyModifiers) -> KeyEvent {
        KeyEvent::new(code, modifiers)
    }

    #[test]
    fn default_bindings_compile() {
        Keymap::defaults().unwrap();
    }

    #[test]
    fn every_default_key_survives_a_round_trip() {
        for key in BINDINGS.iter().flat_map(|binding| binding.keys) {
            assert_eq!(key.parse::<Chord>().unwrap().to_string(), *key);
        }
    }

    #[test]
    fn a_doubled_or_unknown_key_is_refused() {
        let twice =
            [&BINDINGS[0], &BINDINGS[0]].map(|b| Binding { action: b.action.clone(), ..*b });
        assert!(matches!(Keymap::new(&twice), Err(KeymapError::Doubled { .. })));
        let unknown = Binding { action: Action::Quit, keys: &["hyper"], ..BINDINGS[0] };
        assert!(matches!(Keymap::new(&[unknown]), Err(KeymapError::UnknownKey(_))));
    }

    #[test]
    fn letters_mean_nothing_while_a_text_field_has_the_keyboard() {
        let map = Keymap::defaults().unwrap();
        let x = press(KeyCode::Char('x'), KeyModifiers::NONE);
        assert_eq!(map.action(&[Layer::Global, Layer::List], x), Some(Action::Revoke));
        let text = [Layer::Always, Layer::Filter, Layer::Text];
        assert_eq!(map.action(&text, x), Some(Action::Insert('x')));
        let q = press(KeyCode::Char('q'), KeyModifiers::NONE);
        assert_eq!(map.action(&text, q), Some(Action::Insert('q')));
        let c = press(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(map.action(&text, c), Some(Action::Quit));
        let n = press(KeyCode::Char('n'), KeyModifiers::CONTROL);
        assert_eq!(map.action(&text, n), Some(Action::Next));
    }

    #[test]
    fn shift_is_in_the_character_already() {
        let map = Keymap::defaults().unwrap();
        for modifiers in [KeyModifiers::NONE, KeyModifiers::SHIFT] {
            let key = press(KeyCode::Char('G'), modifiers);
            assert_eq!(map.action(&[Layer::List], key), Some(Action::Last));
        }
    }
}
