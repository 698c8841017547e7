//! What stands on the screen: whole screens as snapshots, and the promises that a snapshot would
//! not notice being broken.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

#[path = "screens/batches.rs"]
mod batches;
#[path = "screens/builder.rs"]
mod builder;
#[path = "screens/items.rs"]
mod items;
#[path = "screens/log.rs"]
mod log;
#[path = "screens/making.rs"]
mod making;
#[path = "screens/names.rs"]
mod names;
#[path = "screens/promises.rs"]
mod promises;
#[path = "screens/scrolling.rs"]
mod scrolling;
#[path = "screens/sizes.rs"]
mod sizes;
#[path = "screens/splitting.rs"]
mod splitting;
#[path = "screens/stories.rs"]
mod stories;
