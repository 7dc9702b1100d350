//! Builds the server anew when the site that it embeds has changed. Debug builds read the site from disk instead.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../target/site");
    }
    // Migrations are read at compile time.
    println!("cargo:rerun-if-changed=../migrations");
}
