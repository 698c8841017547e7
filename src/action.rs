//! Everything the user can ask for, in one table. Keymap, footer, help and the README's key table
//! are all made from it.

mod bindings;

pub use self::bindings::{BINDINGS, Binding};
use crate::{operations::resume::Way, state::view::View};

/// What the user wants. Never what happened: that is an [`Event`](crate::event::Event).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Quit,
    Suspend,
    Help,
    Back,
    Confirm,
    Next,
    Previous,
    PageDown,
    PageUp,
    HalfPageDown,
    HalfPageUp,
    First,
    Last,
    Forward,
    Backward,
    NextPane,
    PreviousPane,
    Mark,
    MarkRange,
    MarkAll,
    Filter,
    Sort,
    ReverseSort,
    NextColumn,
    PreviousColumn,
    Refresh,
    Show(View),
    NextView,
    PreviousView,
    ToggleDetail,
    MoveDetail,
    /// Make a token.
    New,
    /// Make a token like another one.
    Clone,
    /// Change a token.
    Edit,
    Extend,
    Revoke,
    Rotate,
    Undo,
    Retry,
    /// Send nothing of several that was not sent yet.
    Stop,
    /// What became of several tokens.
    Results,
    CopyName,
    CopyId,
    OpenPage,
    Calls,
    /// The log of changes.
    Log,
    /// What was begun and not ended.
    Items,
    /// End such an item.
    GoOn(Way),
    /// Revoke the token of such an item, and make it once more.
    Again,
    Organizations,
    Accounts,
    /// Sign in with the browser.
    UseBrowser,
    /// Sign in with a device code.
    UseCode,
    /// Add an account.
    AddAccount,
    SignOut,
    /// What the screen asks to be carried elsewhere: a code, an address, a command.
    CopyShown,
    /// Show a secret, or hide it.
    Reveal,
    /// Write a secret into a file.
    Save,
    /// Put a secret where it is used.
    Deliver,
    Demo,
    /// One character typed into a text field.
    Insert(char),
    /// A pasted text. It can fill a text field and do nothing else.
    Paste(String),
    DeleteBack,
    DeleteWord,
    DeleteAll,
    /// The wheel; rows, positive is down.
    Scroll(i16),
    /// The left button, in cells from the top left.
    Click {
        column: u16,
        row: u16,
    },
}

/// Where a binding is live. A layer further down hides one further up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Live in every mode.
    Always,
    Global,
    Welcome,
    List,
    Filter,
    Extend,
    Form,
    Picker,
    Secret,
    SecretFile,
    Deliver,
    Confirm,
    Preview,
    Batch,
    Sort,
    Organizations,
    Calls,
    Log,
    Items,
    Split,
    Accounts,
    SignIn,
    Help,
    /// A text field has the keyboard: plain characters go there before any binding is asked.
    Text,
}

impl Layer {
    pub const ALL: [Self; 24] = [
        Self::Always,
        Self::Global,
        Self::Welcome,
        Self::List,
        Self::Filter,
        Self::Extend,
        Self::Form,
        Self::Picker,
        Self::Secret,
        Self::SecretFile,
        Self::Deliver,
        Self::Confirm,
        Self::Preview,
        Self::Batch,
        Self::Sort,
        Self::Organizations,
        Self::Calls,
        Self::Log,
        Self::Items,
        Self::Split,
        Self::Accounts,
        Self::SignIn,
        Self::Help,
        Self::Text,
    ];

    /// Where these keys work, for the help and the README.
    pub fn title(self) -> &'static str {
        match self {
            Self::Always => "Everywhere",
            Self::Global => "Outside of dialogs",
            Self::Welcome => "Before it is set up",
            Self::List => "The list",
            Self::Filter => "While filtering",
            Self::Extend => "While extending",
            Self::Form => "Making or changing a token",
            Self::Picker => "Choosing scopes",
            Self::Secret => "A new secret",
            Self::SecretFile => "Saving a secret",
            Self::Deliver => "Delivering a secret",
            Self::Confirm => "Questions",
            Self::Preview => "Questions about several tokens",
            Self::Batch => "What becomes of several tokens",
            Self::Sort => "Sort menu",
            Self::Organizations => "Organizations",
            Self::Calls => "Log of calls",
            Self::Log => "Log of changes",
            Self::Items => "Open items",
            Self::Split => "Replacing a global token",
            Self::Accounts => "Accounts",
            Self::SignIn => "Signing in",
            Self::Help => "Help",
            Self::Text => "Text fields",
        }
    }
}
