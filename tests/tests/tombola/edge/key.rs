//! The server's own key: made at the first start, readable by its owner alone.

use std::os::unix::fs::PermissionsExt;

use rstest::rstest;

use crate::program::Program;

fn mode(program: &Program) -> u32 {
    let path = program.folder().join("tombola.key");
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn the_first_start_makes_a_key_and_later_ones_keep_it() {
    let program = Program::new();
    program.serve(&[]).await.stop().await.is_ok();
    assert_eq!(mode(&program), 0o600);
    let key = std::fs::read(program.folder().join("tombola.key")).unwrap();
    program.serve(&[]).await.stop().await.is_ok();
    assert_eq!(std::fs::read(program.folder().join("tombola.key")).unwrap(), key);
    assert_eq!(mode(&program), 0o600);

    let other = Program::new();
    other.serve(&[]).await.stop().await.is_ok();
    assert_ne!(std::fs::read(other.folder().join("tombola.key")).unwrap(), key);
}

#[rstest]
#[case(0o644)]
#[case(0o640)]
#[case(0o604)]
#[case(0o660)]
#[tokio::test]
async fn a_key_that_others_can_reach_is_refused(#[case] open: u32) {
    let program = Program::new();
    program.serve(&[]).await.stop().await.is_ok();
    let path = program.folder().join("tombola.key");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(open)).unwrap();
    let ended = program.run(&["serve"]).await;
    ended.assert_refused(&["auth.signing_key_file", "tombola.key", "chmod 600"]);
    assert_eq!(mode(&program), open, "whoever opened it should know");
}

#[rstest]
#[case::empty(b"")]
#[case::text(b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n")]
#[case::noise(&[0x30; 85])]
#[tokio::test]
async fn a_file_that_holds_no_key_is_refused_and_left_alone(#[case] content: &[u8]) {
    let program = Program::new();
    let path = program.file("tombola.key", content);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let ended = program.run(&["serve"]).await;
    ended.assert_refused(&["auth.signing_key_file", "tombola.key", "PKCS#8"]);
    assert_eq!(std::fs::read(&path).unwrap(), content);
}

#[tokio::test]
async fn a_place_where_no_key_can_be_made_is_named() {
    let program = Program::new().with("TOMBOLA_AUTH__SIGNING_KEY_FILE", "no/such/folder/tombola.key");
    program
        .run(&["serve"])
        .await
        .assert_refused(&["auth.signing_key_file", "no/such/folder/tombola.key"]);
}
