//! Who is signed in, for every component of the frame.
use crate::domain::user::Viewer;
use leptos::prelude::*;

/// The context that holds the viewer.
#[derive(Clone)]
pub struct CurrentViewer(pub Viewer);

/// The person who is signed in. Only components inside the frame may ask.
pub fn use_viewer() -> Viewer {
    use_context::<CurrentViewer>().expect("the frame provides the viewer").0
}
