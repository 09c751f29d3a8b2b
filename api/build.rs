//! Builds again when the web page was built.

fn main() {
    println!("cargo::rerun-if-changed=../web/dist");
}
