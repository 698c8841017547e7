//! The one table of keys: what each does, where, and whether the footer has it.

use super::{Action, Layer};
use crate::{operations::resume::Way, state::view::View};

/// One row of the table.
#[derive(Debug)]
pub struct Binding {
    pub action: Action,
    /// The command's name, for the footer.
    pub name: &'static str,
    /// The first key is the one that is shown.
    pub keys: &'static [&'static str],
    pub layer: Layer,
    pub doc: &'static str,
    /// Place in the footer, lower first. `None` keeps it in the help only.
    pub hint: Option<u8>,
}

const fn row(
    layer: Layer,
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    doc: &'static str,
) -> Binding {
    Binding { action, name, keys, layer, doc, hint: None }
}

impl Binding {
    const fn hint(mut self, place: u8) -> Self {
        self.hint = Some(place);
        self
    }
}

/// The one table of keys.
#[rustfmt::skip]
pub const BINDINGS: &[Binding] = {
    use Action as A;
    use Layer as L;
    &[
        row(L::Always, A::Quit,         "quit",        &["C-c"],                        "Leave; a second time leaves without asking"),
        row(L::Always, A::Suspend,      "suspend",     &["C-z"],                        "Back to the shell; `fg` returns"),

        row(L::Global, A::Help,         "help",        &["?", "F1", ":", "C-p"],        "Show every key; type to search, Enter runs").hint(80),
        row(L::Global, A::Quit,         "quit",        &["q"],                          "Leave; asks when a revocation is pending").hint(90),
        row(L::Global, A::Calls,        "calls",       &["@"],                          "Show the log of calls to the service"),

        row(L::Welcome, A::Demo,        "demo",        &["d"],                          "Look around with example data").hint(10),
        row(L::Welcome, A::Refresh,     "try again",   &["r", "R", "C-r", "F5"],        "Sign in and connect again").hint(20),
        row(L::Welcome, A::UseBrowser,  "browser",     &["b"],                          "Sign in with the browser").hint(11),
        row(L::Welcome, A::UseCode,     "code",        &["c"],                          "Sign in with a code, on any device").hint(12),
        row(L::Welcome, A::CopyShown,   "copy",        &["y"],                          "Copy the commands that register an app").hint(30),
        row(L::Welcome, A::Next,        "down",        &["j", "down"],                  "Scroll down"),
        row(L::Welcome, A::Previous,    "up",          &["k", "up"],                    "Scroll up"),
        row(L::Welcome, A::PageDown,    "page down",   &["pagedown", "C-f", "C-d"],     "One page down"),
        row(L::Welcome, A::PageUp,      "page up",     &["pageup", "C-b", "C-u"],       "One page up"),
        row(L::Welcome, A::First,       "top",         &["g", "home"],                  "To the top"),
        row(L::Welcome, A::Last,        "bottom",      &["G", "end"],                   "To the bottom"),

        row(L::List, A::Next,           "down",        &["j", "down"],                  "Next token"),
        row(L::List, A::Previous,       "up",          &["k", "up"],                    "Previous token"),
        row(L::List, A::PageDown,       "page down",   &["pagedown", "C-f"],            "One page down"),
        row(L::List, A::PageUp,         "page up",     &["pageup", "C-b"],              "One page up"),
        row(L::List, A::HalfPageDown,   "half down",   &["C-d"],                        "Half a page down"),
        row(L::List, A::HalfPageUp,     "half up",     &["C-u"],                        "Half a page up"),
        row(L::List, A::First,          "top",         &["g", "home"],                  "First token"),
        row(L::List, A::Last,           "bottom",      &["G", "end"],                   "Last token"),
        row(L::List, A::Extend,         "extend",      &["+", "="],                     "Move the end of the token, or of the marked ones").hint(10),
        row(L::List, A::Revoke,         "revoke",      &["x", "D", "delete"],           "Revoke the token, or the marked ones; asks first").hint(11),
        row(L::List, A::New,            "new",         &["n"],                          "Make a token").hint(12),
        row(L::List, A::Edit,           "edit",        &["e"],                          "Change name, scopes and end of the token").hint(35),
        row(L::List, A::Clone,          "clone",       &["c"],                          "Make a token like this one"),
        row(L::List, A::Rotate,         "rotate",      &["t"],                          "Put a token in its place (of a global one: several), revoke it").hint(13),
        row(L::List, A::Undo,           "keep it",     &["u", "z"],                     "Take back a revocation that was not sent yet").hint(1),
        row(L::List, A::Retry,          "try again",   &["!"],                          "Try again what failed").hint(2),
        row(L::List, A::Mark,           "mark",        &["space"],                      "Mark or unmark the token").hint(20),
        row(L::List, A::MarkRange,      "mark range",  &["v"],                          "Mark from here to where you move next; again ends it"),
        row(L::List, A::MarkAll,        "mark all",    &["C-a"],                        "Mark all tokens of this view"),
        row(L::List, A::Filter,         "filter",      &["/"],                          "Filter: words, status: org: scope: id: days<14, ! negates").hint(30),
        row(L::List, A::Sort,           "sort",        &["s"],                          "Choose the column to sort by").hint(31),
        row(L::List, A::ReverseSort,    "reverse",     &["S"],                          "Sort the other way round"),
        row(L::List, A::NextColumn,     "sort next",   &["l", "right"],                 "Sort by the next column"),
        row(L::List, A::PreviousColumn, "sort prev",   &["h", "left"],                  "Sort by the previous column"),
        row(L::List, A::Confirm,        "detail",      &["enter", "d"],                 "Open the detail pane and go into it").hint(40),
        row(L::List, A::ToggleDetail,   "pane",        &["p"],                          "Open or close the detail pane"),
        row(L::List, A::MoveDetail,     "pane place",  &["P"],                          "Detail pane beside or below"),
        row(L::List, A::NextPane,       "next pane",   &["tab"],                        "Go into the detail pane, and back"),
        row(L::List, A::PreviousPane,   "prev pane",   &["backtab"],                    "Go into the detail pane, and back"),
        row(L::List, A::Organizations,  "organizations", &["O"],                        "Organizations: counts, age, failures; choose one"),
        row(L::List, A::Log,            "log",         &["L"],                          "Show the log of changes: what azpat did to tokens"),
        row(L::List, A::Results,        "results",     &["B"],                          "What became of the tokens that were confirmed together").hint(3),
        row(L::List, A::Items,          "open items",  &["J"],                          "Show what was begun and not ended; finish it or roll it back"),
        row(L::List, A::Refresh,        "refresh",     &["r", "R", "C-r", "F5"],        "Read the lists again").hint(50),
        row(L::List, A::Accounts,       "accounts",    &["A"],                          "Show who is signed in; sign in again, add, sign out").hint(60),
        row(L::List, A::NextView,       "next view",   &["]"],                          "Next view"),
        row(L::List, A::PreviousView,   "prev view",   &["["],                          "Previous view"),
        row(L::List, A::Show(View::All),      "all",      &["1"],                       "View: all tokens"),
        row(L::List, A::Show(View::Expiring), "expiring", &["2"],                       "View: tokens that end soon"),
        row(L::List, A::Show(View::Global),   "global",   &["3"],                       "View: global tokens"),
        row(L::List, A::Show(View::Expired),  "expired",  &["4"],                       "View: tokens that have ended"),
        row(L::List, A::Show(View::Revoked),  "revoked",  &["5"],                       "View: revoked tokens"),
        row(L::List, A::CopyName,       "copy name",   &["y"],                          "Copy the token's name"),
        row(L::List, A::CopyId,         "copy id",     &["Y"],                          "Copy the token's authorizationId"),
        row(L::List, A::OpenPage,       "open page",   &["o"],                          "Open the organization's token page in the browser"),
        row(L::List, A::Back,           "clear",       &["esc"],                        "Stop what is not sent yet; leave pane, range, marks, filter"),

        row(L::Filter, A::Confirm,      "keep filter", &["enter"],                      "Back to the list, filtered").hint(10),
        row(L::Filter, A::Back,         "no filter",   &["esc"],                        "Clear the filter").hint(20),
        row(L::Filter, A::Next,         "down",        &["down", "C-n"],                "Next token that is found"),
        row(L::Filter, A::Previous,     "up",          &["up", "C-p"],                  "Previous token that is found"),
        row(L::Filter, A::PageDown,     "page down",   &["pagedown"],                   "One page down"),
        row(L::Filter, A::PageUp,       "page up",     &["pageup"],                     "One page up"),

        row(L::Extend, A::Confirm,      "send",        &["enter"],                      "Extend to the chosen date").hint(10),
        row(L::Extend, A::Forward,      "later",       &["right", "tab", "+", "="],     "Next choice").hint(20),
        row(L::Extend, A::Backward,     "earlier",     &["left", "backtab", "-"],       "Previous choice").hint(21),
        row(L::Extend, A::Back,         "leave",       &["esc"],                        "Leave without extending").hint(30),

        row(L::Form, A::Confirm,        "go on",       &["enter"],                      "Next field, open the scopes, or send what is asked for").hint(10),
        row(L::Form, A::Next,           "next field",  &["tab", "down"],                "Next field").hint(20),
        row(L::Form, A::Previous,       "field before", &["backtab", "up"],             "Field before"),
        row(L::Form, A::Forward,        "next choice", &["right"],                      "Next choice of a field that has some").hint(21),
        row(L::Form, A::Backward,       "choice before", &["left"],                     "Choice before"),
        row(L::Form, A::Back,           "leave",       &["esc"],                        "Leave; nothing is sent").hint(30),

        row(L::Picker, A::Mark,         "choose",      &["space"],                      "Choose the scope, or leave it out again").hint(10),
        row(L::Picker, A::Confirm,      "done",        &["enter"],                      "Back to the form with these scopes").hint(11),
        row(L::Picker, A::Next,         "down",        &["down"],                       "Next scope"),
        row(L::Picker, A::Previous,     "up",          &["up"],                         "Previous scope"),
        row(L::Picker, A::PageDown,     "page down",   &["pagedown"],                   "One page down"),
        row(L::Picker, A::PageUp,       "page up",     &["pageup"],                     "One page up"),
        row(L::Picker, A::Back,         "leave",       &["esc"],                        "Empty the search, then leave the scopes as they were").hint(30),

        row(L::Secret, A::CopyShown,    "copy",        &["y"],                          "Copy the secret").hint(10),
        row(L::Secret, A::Deliver,      "deliver",     &["d"],                          "Deliver the secret to a place that uses it").hint(11),
        row(L::Secret, A::Save,         "save",        &["s"],                          "Save the secret into a new file that only you can read").hint(12),
        row(L::Secret, A::Reveal,       "show",        &["v"],                          "Show the secret for 30 seconds, or hide it again").hint(13),
        row(L::Secret, A::Back,         "close",       &["esc", "q"],                   "Close; asks as long as the secret is nowhere else").hint(30),

        row(L::SecretFile, A::Confirm,  "save",        &["enter"],                      "Write the secret into this file").hint(10),
        row(L::SecretFile, A::Back,     "not yet",     &["esc"],                        "Back to the secret").hint(30),

        row(L::Deliver, A::Confirm,     "go on",       &["enter"],                      "Show what would be done; then do it").hint(10),
        row(L::Deliver, A::Next,        "down",        &["j", "down"],                  "Next place, or scroll down").hint(20),
        row(L::Deliver, A::Previous,    "up",          &["k", "up"],                    "Place before, or scroll up"),
        row(L::Deliver, A::PageDown,    "page down",   &["pagedown", "C-f", "C-d"],     "One page down"),
        row(L::Deliver, A::PageUp,      "page up",     &["pageup", "C-b", "C-u"],       "One page up"),
        row(L::Deliver, A::Back,        "back",        &["esc", "q"],                   "Back, without delivering").hint(30),

        row(L::Confirm, A::Confirm,     "choose",      &["enter"],                      "Press the button that has the focus").hint(10),
        row(L::Confirm, A::Forward,     "next",        &["right", "tab", "down"],       "Next button").hint(20),
        row(L::Confirm, A::Backward,    "previous",    &["left", "backtab", "up"],      "Previous button"),
        row(L::Confirm, A::Back,        "cancel",      &["esc"],                        "Leave everything as it is").hint(30),

        row(L::Preview, A::Scroll(1),   "rows",        &["down", "j"],                  "Next token").hint(21),
        row(L::Preview, A::Scroll(-1),  "row before",  &["up", "k"],                    "Token before"),
        row(L::Preview, A::PageDown,    "page down",   &["pagedown", "C-f", "C-d"],     "One page down"),
        row(L::Preview, A::PageUp,      "page up",     &["pageup", "C-b"],              "One page up"),

        row(L::Batch, A::Retry,         "retry",       &["!"],                          "Try again what failed; read the lists where that is not known").hint(10),
        row(L::Batch, A::Stop,          "stop",        &["s"],                          "Send nothing more; what was not sent yet stays as it is").hint(11),
        row(L::Batch, A::Undo,          "keep it",     &["u"],                          "Take the selected one back before it is sent").hint(12),
        row(L::Batch, A::Next,          "down",        &["j", "down"],                  "Next token").hint(20),
        row(L::Batch, A::Previous,      "up",          &["k", "up"],                    "Token before"),
        row(L::Batch, A::PageDown,      "page down",   &["pagedown", "C-f", "C-d"],     "One page down"),
        row(L::Batch, A::PageUp,        "page up",     &["pageup", "C-b", "C-u"],       "One page up"),
        row(L::Batch, A::First,         "top",         &["g", "home"],                  "First token"),
        row(L::Batch, A::Last,          "bottom",      &["G", "end"],                   "Last token"),
        row(L::Batch, A::Back,          "close",       &["esc", "B", "q"],              "Back to the list; what is under way goes on").hint(30),

        row(L::Sort, A::Confirm,        "sort",        &["enter"],                      "Sort by this column").hint(10),
        row(L::Sort, A::Next,           "down",        &["j", "down", "s"],             "Next column").hint(20),
        row(L::Sort, A::Previous,       "up",          &["k", "up"],                    "Previous column").hint(21),
        row(L::Sort, A::ReverseSort,    "reverse",     &["S"],                          "Sort the other way round").hint(25),
        row(L::Sort, A::Back,           "leave",       &["esc", "q"],                   "Keep the order").hint(30),

        row(L::Organizations, A::Confirm,  "choose",   &["enter"],                      "Show the tokens of this organization only").hint(10),
        row(L::Organizations, A::Next,     "down",     &["j", "down"],                  "Next organization").hint(20),
        row(L::Organizations, A::Previous, "up",       &["k", "up"],                    "Previous organization").hint(21),
        row(L::Organizations, A::PageDown, "page down", &["pagedown", "C-f", "C-d"],    "One page down"),
        row(L::Organizations, A::PageUp,   "page up",  &["pageup", "C-b", "C-u"],       "One page up"),
        row(L::Organizations, A::Back,     "close",    &["esc", "O", "q"],              "Back to the list").hint(30),

        row(L::Calls, A::Next,          "down",        &["j", "down"],                  "Scroll down").hint(20),
        row(L::Calls, A::Previous,      "up",          &["k", "up"],                    "Scroll up").hint(21),
        row(L::Calls, A::PageDown,      "page down",   &["pagedown", "C-f", "C-d"],     "One page down"),
        row(L::Calls, A::PageUp,        "page up",     &["pageup", "C-b", "C-u"],       "One page up"),
        row(L::Calls, A::Back,          "close",       &["esc", "enter", "@", "q"],     "Back to the list").hint(30),

        row(L::Log, A::Next,            "down",        &["j", "down"],                  "Change before").hint(20),
        row(L::Log, A::Previous,        "up",          &["k", "up"],                    "Change after").hint(21),
        row(L::Log, A::PageDown,        "page down",   &["pagedown", "C-f", "C-d"],     "One page down"),
        row(L::Log, A::PageUp,          "page up",     &["pageup", "C-b", "C-u"],       "One page up"),
        row(L::Log, A::First,           "newest",      &["g", "home"],                  "The newest change"),
        row(L::Log, A::Last,            "oldest",      &["G", "end"],                   "The oldest change"),
        row(L::Log, A::Back,            "close",       &["esc", "enter", "L", "q"],     "Back to the list").hint(30),

        row(L::Items, A::GoOn(Way::Finish),   "finish",    &["f"],                    "End it as it was meant to; revokes the old token").hint(10),
        row(L::Items, A::GoOn(Way::RollBack), "roll back", &["b"],                    "Revoke the new token; the old one stays").hint(11),
        row(L::Items, A::Again,         "again",       &["a"],                          "Revoke the token whose secret is lost, and make it once more").hint(12),
        row(L::Items, A::GoOn(Way::Leave),    "leave it",  &["l"],                    "Leave everything as it is, and show it no more").hint(13),
        row(L::Items, A::Refresh,       "look again",  &["r", "R", "C-r", "F5"],        "Look again what exists").hint(20),
        row(L::Items, A::Next,          "down",        &["j", "down"],                  "Next item"),
        row(L::Items, A::Previous,      "up",          &["k", "up"],                    "Item before"),
        row(L::Items, A::PageDown,      "page down",   &["pagedown", "C-f", "C-d"],     "One page down"),
        row(L::Items, A::PageUp,        "page up",     &["pageup", "C-b", "C-u"],       "One page up"),
        row(L::Items, A::Back,          "later",       &["esc", "J", "q"],              "Leave it for later").hint(30),

        row(L::Split, A::Confirm,       "make it",     &["enter"],                      "Fill in the form of the token for this organization").hint(10),
        row(L::Split, A::Mark,          "leave out",   &["space"],                      "Leave the organization out, or make another token for it").hint(11),
        row(L::Split, A::Revoke,        "revoke",      &["x", "D", "delete"],           "Revoke the global token when nothing is missing; asks first").hint(12),
        row(L::Split, A::Next,          "down",        &["j", "down"],                  "Next organization").hint(20),
        row(L::Split, A::Previous,      "up",          &["k", "up"],                    "Organization before"),
        row(L::Split, A::PageDown,      "page down",   &["pagedown", "C-f", "C-d"],     "One page down"),
        row(L::Split, A::PageUp,        "page up",     &["pageup", "C-b", "C-u"],       "One page up"),
        row(L::Split, A::Back,          "later",       &["esc", "q"],                   "Leave it; the global token lives on").hint(30),

        row(L::Accounts, A::Confirm,    "sign in",     &["enter"],                      "Sign in again with this account").hint(10),
        row(L::Accounts, A::AddAccount, "add",         &["a"],                          "Sign in with another account").hint(11),
        row(L::Accounts, A::SignOut,    "sign out",    &["x", "D", "delete"],           "Forget the account's session; asks first").hint(12),
        row(L::Accounts, A::Next,       "down",        &["j", "down"],                  "Next account"),
        row(L::Accounts, A::Previous,   "up",          &["k", "up"],                    "Previous account"),
        row(L::Accounts, A::PageDown,   "page down",   &["pagedown", "C-f", "C-d"],     "One page down"),
        row(L::Accounts, A::PageUp,     "page up",     &["pageup", "C-b", "C-u"],       "One page up"),
        row(L::Accounts, A::Back,       "close",       &["esc", "A", "q"],              "Back to the list").hint(30),

        row(L::SignIn, A::CopyShown,    "copy",        &["y"],                          "Copy the address, or the code").hint(10),
        row(L::SignIn, A::OpenPage,     "open",        &["o"],                          "Open the address in the browser of this computer").hint(11),
        row(L::SignIn, A::UseCode,      "code",        &["d", "c"],                     "Use a code instead, on any device").hint(12),
        row(L::SignIn, A::UseBrowser,   "browser",     &["b"],                          "Use the browser instead").hint(13),
        row(L::SignIn, A::Next,         "down",        &["j", "down"],                  "Scroll down"),
        row(L::SignIn, A::Previous,     "up",          &["k", "up"],                    "Scroll up"),
        row(L::SignIn, A::PageDown,     "page down",   &["pagedown", "C-f", "C-d"],     "One page down"),
        row(L::SignIn, A::PageUp,       "page up",     &["pageup", "C-b", "C-u"],       "One page up"),
        row(L::SignIn, A::Back,         "leave",       &["esc", "q"],                   "Leave without signing in").hint(30),

        row(L::Help, A::Confirm,        "run",         &["enter"],                      "Run the selected command").hint(10),
        row(L::Help, A::Next,           "down",        &["down"],                       "Next command").hint(20),
        row(L::Help, A::Previous,       "up",          &["up"],                         "Previous command").hint(21),
        row(L::Help, A::PageDown,       "page down",   &["pagedown"],                   "One page down"),
        row(L::Help, A::PageUp,         "page up",     &["pageup"],                     "One page up"),
        row(L::Help, A::Back,           "close",       &["esc", "F1"],                  "Back to the list").hint(30),

        row(L::Text, A::DeleteBack,     "delete",      &["backspace"],                  "Delete the character before the cursor"),
        row(L::Text, A::DeleteWord,     "delete word", &["C-w"],                        "Delete the word before the cursor"),
        row(L::Text, A::DeleteAll,      "delete all",  &["C-u"],                        "Empty the field"),
    ]
};
