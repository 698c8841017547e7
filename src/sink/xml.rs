//! Where the elements of an XML text are, so that it can be changed at single places. The library
//! reads; nothing is ever written by it, since it would not keep all else as it was.

use std::ops::Range;

use quick_xml::{Reader, events::Event};

use super::{
    change::{self, Change},
    file::Wrong,
};

/// One element.
#[derive(Debug)]
pub(super) struct Element {
    /// Without its prefix.
    pub(super) name: String,
    pub(super) parent: Option<usize>,
    /// From `<` on.
    start: usize,
    /// Between its tags; empty, behind its only tag, if it is closed there.
    pub(super) content: Range<usize>,
    pub(super) is_closed: bool,
    pub(super) attributes: Vec<Attribute>,
}

/// One attribute, and where its value is between the quotes.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) at: Range<usize>,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// The whole text.
#[derive(Debug)]
pub(super) struct Document<'a> {
    text: &'a str,
    pub(super) elements: Vec<Element>,
}

impl<'a> Document<'a> {
    /// `None`: there is nothing in it yet. The root must have this name.
    pub(super) fn read(text: &'a str, root: &str) -> Result<Option<Self>, Wrong> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let mut reader = Reader::from_str(text);
        let (mut elements, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
        loop {
            let start = place(reader.buffer_position());
            let event = reader.read_event();
            let end = place(reader.buffer_position());
            let wrong = |why: String| Wrong::at(text, start, format!("this is no XML: {why}"));
            let event = event.map_err(|error| wrong(error.to_string()))?;
            match event {
                Event::Start(_) | Event::Empty(_) => {}
                Event::End(_) => {
                    if let Some(element) = open.pop().and_then(|index| elements.get_mut(index)) {
                        element.content.end = start;
                    }
                    continue;
                }
                Event::Eof if open.is_empty() => break,
                Event::Eof => return Err(wrong("an element is never closed".to_owned())),
                _ => continue,
            }
            let is_closed = matches!(event, Event::Empty(_));
            let (Event::Start(tag) | Event::Empty(tag)) = &event else { continue };
            let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
            let mut attributes = Vec::new();
            for attribute in tag.attributes() {
                let attribute = attribute.map_err(|error| wrong(error.to_string()))?;
                // The value is a part of the text, so where it starts tells its place.
                let at = attribute.value.as_ptr().addr().saturating_sub(text.as_ptr().addr());
                let value = String::from_utf8_lossy(&attribute.value).into_owned();
                let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                attributes.push(Attribute { name, at: at..at + value.len(), value });
            }
            let (parent, content) = (open.last().copied(), end..end);
            if !is_closed {
                open.push(elements.len());
            }
            elements.push(Element { name, parent, start, content, is_closed, attributes });
        }
        let roots = elements.iter().filter(|element| element.parent.is_none()).count();
        if roots != 1 || elements.first().is_none_or(|element| element.name != root) {
            return Err(Wrong::new(format!("its root is not <{root}>")));
        }
        Ok(Some(Self { text, elements }))
    }

    /// The children of an element with their numbers.
    pub(super) fn children(&self, parent: usize) -> impl Iterator<Item = (usize, &Element)> {
        let all = self.elements.iter().enumerate();
        all.filter(move |(_, element)| element.parent == Some(parent))
    }

    /// The first child of that name.
    pub(super) fn child(&self, parent: usize, name: &str) -> Option<usize> {
        self.children(parent).find(|(_, element)| element.name == name).map(|(index, _)| index)
    }

    /// What stands between the tags, as it is written.
    pub(super) fn content(&self, element: &Element) -> &'a str {
        self.text.get(element.content.clone()).unwrap_or_default()
    }

    /// Puts these lines at the end of an element, indented as its children are.
    pub(super) fn insert(&self, parent: usize, lines: &[String]) -> Option<Change> {
        let element = self.elements.get(parent)?;
        let end = change::line_end(self.text);
        let own = self.indent(element.start);
        let of_child = self.children(parent).next().map(|(_, child)| self.indent(child.start));
        let (own, inner) = match (own, of_child) {
            (Some(own), Some(Some(inner))) => (own, inner.to_owned()),
            (Some(own), None) => (own, format!("{own}{}", self.unit())),
            // All on one line, and so it stays.
            (None, _) | (_, Some(None)) => {
                let lines = lines.iter().map(|line| line.trim_start()).collect::<String>();
                return Some(self.closing(element, &lines));
            }
        };
        let unit = self.unit();
        let lines = lines.iter().map(|line| {
            let text = line.trim_start_matches('\t');
            format!("{inner}{}{text}", unit.repeat(line.len() - text.len()))
        });
        let lines = lines.collect::<Vec<_>>().join(end);
        if element.is_closed || !self.content(element).contains('\n') {
            return Some(self.closing(element, &format!("{end}{lines}{end}{own}")));
        }
        // Before the line of the closing tag, if that stands alone.
        let content = self.content(element);
        let kept = content.trim_end_matches([' ', '\t']);
        let at = element.content.start + kept.len();
        Some(if kept.ends_with('\n') {
            Change::insert(at, format!("{lines}{end}"))
        } else {
            Change::insert(element.content.end, format!("{end}{lines}{end}{own}"))
        })
    }

    /// Text before the closing tag, which is made where there is none.
    pub(super) fn closing(&self, element: &Element, new: &str) -> Change {
        if !element.is_closed {
            return Change::insert(element.content.end, new);
        }
        let tag = self.text.get(element.start..element.content.end).unwrap_or_default();
        let slash = element.start + tag.rfind('/').unwrap_or_default();
        let name = tag.trim_start_matches('<').split([' ', '\t', '\r', '\n', '/', '>']).next();
        let new = format!(">{new}</{}>", name.unwrap_or_default());
        Change::splice(slash..element.content.end, new)
    }

    /// What stands before this place on its line, if that is nothing but blanks.
    fn indent(&self, at: usize) -> Option<&'a str> {
        let before = self.text.get(..at)?;
        let line = before.rsplit('\n').next().unwrap_or_default();
        line.trim().is_empty().then_some(line)
    }

    /// By how much children are indented in this text.
    fn unit(&self) -> &'a str {
        let first = self.elements.iter().find(|element| element.parent == Some(0));
        let indent = first.and_then(|first| self.indent(first.start));
        indent.filter(|indent| !indent.is_empty()).unwrap_or("  ")
    }
}

fn place(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
