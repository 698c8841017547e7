//! A Secret Service that behaves as it is told. It knows no keys: it gives back what it was given
//! in the same session, and no other session ever asks.

use std::{collections::HashMap, thread, time::Duration};

use dbus::{
    Message, Path,
    arg::{PropMap, RefArg as _, Variant},
    channel::Channel,
};

use super::bus::connect;

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Honest,
    /// Takes changes of an item and keeps the old one.
    Lying,
    Failing,
    /// Has two items of each name.
    Doubling,
    /// Is locked, and the dialog is closed at once.
    Dismissing,
    /// Is locked, and the dialog stays open.
    Asking,
    Silent,
}

type Secret = (Path<'static>, Vec<u8>, Vec<u8>, String);

struct Stub {
    manner: Manner,
    /// By path: the attribute `username`, and the secret.
    items: HashMap<String, (String, Secret)>,
    made: usize,
}

/// Serves on this bus until the bus ends.
pub(super) fn serve(address: &str, manner: Manner) {
    let channel = connect(address);
    let bus = "org.freedesktop.DBus";
    let ask = Message::new_method_call(bus, "/org/freedesktop/DBus", bus, "RequestName").unwrap();
    let ask = ask.append2("org.freedesktop.secrets", 0_u32);
    channel.send_with_reply_and_block(ask, Duration::from_secs(5)).unwrap();
    let mut stub = Stub { manner, items: HashMap::new(), made: 0 };
    thread::spawn(move || {
        while channel.read_write(None).is_ok() {
            while let Some(message) = channel.pop_message() {
                stub.answer(&channel, &message);
            }
        }
    });
}

fn path(text: &str) -> Path<'static> {
    Path::new(text.to_owned()).unwrap()
}

impl Stub {
    fn answer(&mut self, channel: &Channel, message: &Message) {
        let Some(member) = message.member() else { return };
        if self.manner == Manner::Silent || message.interface().is_none() {
            return;
        }
        let is_locked = matches!(self.manner, Manner::Dismissing | Manner::Asking);
        let on = message.path().map(|path| path.to_string()).unwrap_or_default();
        let reply = message.method_return();
        let reply = match &*member {
            "OpenSession" => reply.append2(Variant(vec![2_u8]), path("/session")),
            "ReadAlias" => reply.append1(path("/collection")),
            "Get" => reply.append1(Variant(is_locked)),
            "SearchItems" => reply.append2(self.search(message), Vec::<Path<'_>>::new()),
            "Unlock" => reply.append2(Vec::<Path<'_>>::new(), path("/prompt")),
            "CreateItem" | "SetSecret" if self.manner == Manner::Failing => {
                message.error(&"org.example.Full".into(), c"the disk is full")
            }
            "CreateItem" => reply.append2(self.create(message), path("/")),
            "SetSecret" => {
                self.change(&on, message);
                reply
            }
            "GetSecret" => reply.append1(self.items[&on].1.clone()),
            "Delete" => {
                self.items.remove(&on);
                reply.append1(path("/"))
            }
            "Prompt" => reply,
            // The bus's own signals.
            _ => return,
        };
        channel.send(reply).unwrap();
        if &*member == "Prompt" && self.manner == Manner::Dismissing {
            let interface = "org.freedesktop.Secret.Prompt";
            let done = Message::new_signal("/prompt", interface, "Completed").unwrap();
            channel.send(done.append2(true, Variant(String::new()))).unwrap();
        }
    }

    fn search(&self, message: &Message) -> Vec<Path<'static>> {
        let wanted: HashMap<String, String> = message.read1().unwrap();
        let user = &wanted["username"];
        let found = self.items.iter().filter(|(_, (name, _))| name == user);
        found.map(|(at, _)| path(at)).collect()
    }

    fn create(&mut self, message: &Message) -> Path<'static> {
        let (properties, secret): (PropMap, Secret) = message.read2().unwrap();
        let attributes = &properties["org.freedesktop.Secret.Item.Attributes"];
        let texts = attributes.0.as_iter().unwrap();
        let texts: Vec<_> = texts.map(|text| text.as_str().unwrap_or_default()).collect();
        let is_name = |pair: &&[&str]| pair.first() == Some(&"username");
        let name = texts.chunks(2).find(is_name).and_then(|pair| pair.get(1)).unwrap();
        let name = (*name).to_owned();
        let mut at = String::new();
        for _ in 0..=usize::from(self.manner == Manner::Doubling) {
            self.made += 1;
            at = format!("/item/{}", self.made);
            self.items.insert(at.clone(), (name.clone(), secret.clone()));
        }
        path(&at)
    }

    fn change(&mut self, on: &str, message: &Message) {
        if self.manner != Manner::Lying {
            self.items.get_mut(on).unwrap().1 = message.read1().unwrap();
        }
    }
}
