//! Text inside a `<textarea>`: the one place where the server's renderer writes children without escaping them.

/// The children of a textarea. In the browser they become a text node as they are; in the server's HTML they are
/// escaped here, or a message with `</textarea>` in it would end the field and go on as markup.
/// Source: HTML Living Standard, section 13.2.5.2 (RCDATA state): only `&` and `<` mean something.
pub fn textarea_text(text: String) -> String {
    if cfg!(not(target_arch = "wasm32")) {
        text.replace('&', "&amp;").replace('<', "&lt;")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    #[test]
    fn text_cannot_leave_its_field() {
        let text = super::textarea_text("</textarea><b>&amp;".into());
        let html = view! { <textarea>{text}</textarea> }.to_html();
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
        assert!(html.contains("&lt;/textarea>&lt;b>&amp;amp;"), "{html}");
    }
}
