//! Accounts: making them, signing in, one-time links.
use super::support::{Node, PASSWORD, account, node, problem};
use app::api::accounts::{LinkKind, NewAccount};
use app::api::rooms::Rooms;
use app::domain::id::UserId;
use app::domain::problem::Problem;
use app::domain::time::Timestamp;
use app::domain::user::Username;
use app::error::AppError;
use futures::future::join_all;
use server::chat::reset_link;
use std::net::IpAddr;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

async fn signs_in(node: &Node, name: &str, password: &str, address: IpAddr) -> Result<UserId, AppError> {
    let verified = node.check_password(name, password, address).await;
    verified.map(|verified| verified.user)
}

#[tokio::test]
async fn a_new_account_is_in_the_lobby_and_has_nothing_to_read() {
    let (node, _database) = node().await;
    let ann = node.person("ann").await;
    let lobby = node.my_rooms(ann).await.unwrap().lobby;
    node.says(ann, lobby, "hello").await;

    let ben = node.person("ben").await;
    let mine = node.my_rooms(ben).await.unwrap();
    assert_eq!(mine.rooms.len(), 1);
    assert_eq!(mine.rooms[0].room.id, lobby);
    assert_eq!(mine.rooms[0].room.name.as_str(), "Lobby");
    assert_eq!(mine.rooms[0].room.members, 2);
    assert_eq!(mine.rooms[0].unread(), 0);
    let (viewer, _) = node.viewer(ben).await.unwrap().unwrap();
    assert_eq!(viewer.person.username.as_str(), "ben");
    assert!(!viewer.is_admin);
}

#[tokio::test]
async fn a_form_tells_all_its_problems_at_once() {
    let (node, _database) = node().await;
    node.person("ann").await;
    let wrong = NewAccount {
        username: "Ann".into(),
        name: " ".into(),
        email: "nowhere".into(),
        password: "short".into(),
    };
    let error = node.create_account(wrong).await.unwrap_err();
    assert_eq!(error.problem("username"), Some(&Problem::Taken));
    assert_eq!(error.problem("name"), Some(&Problem::Blank));
    assert!(matches!(error.problem("email"), Some(Problem::Form { .. })));
    assert_eq!(error.problem("password"), Some(&Problem::TooShort { least: 8 }));
    let common = NewAccount {
        password: "password1".into(),
        ..account("ben")
    };
    let error = node.create_account(common).await.unwrap_err();
    assert_eq!(error, AppError::field("password", Problem::TooCommon));
}

#[tokio::test]
async fn of_many_who_want_a_username_one_gets_it() {
    let (node, _database) = node().await;
    let made = join_all((0..8).map(|_| node.create_account(account("ann")))).await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
    for error in made.into_iter().filter_map(Result::err) {
        assert_eq!(error, AppError::field("username", Problem::Taken));
    }
}

#[tokio::test]
async fn one_signs_in_by_name_or_by_address_also_where_others_gave_the_same_one() {
    let (node, _database) = node().await;
    let with_address = |username: &str| NewAccount {
        email: "Shared@Example.org".into(),
        ..account(username)
    };
    let ann = node.create_account(with_address("ann")).await.unwrap();
    node.clock.advance(1_000);
    let own = NewAccount {
        password: "another-quiet-river".into(),
        ..with_address("ben")
    };
    let ben = node.create_account(own).await.unwrap();
    let signed_in = signs_in(&node, "shared@example.org", "another-quiet-river", THERE).await;
    assert_eq!(signed_in, Ok(ben));
    for (name, user) in [("ann", ann), (" Ann", ann), ("shared@example.org", ann)] {
        assert_eq!(signs_in(&node, name, PASSWORD, HERE).await, Ok(user), "{name}");
    }
    for name in ["ann", "nobody", "nobody@example.org", ""] {
        let error = node
            .check_password(name, "wrong-river-lantern", THERE)
            .await
            .unwrap_err();
        assert_eq!(error, AppError::field("password", Problem::Mismatch), "{name}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_where_it_comes_from_and_nowhere_else() {
    let (node, _database) = node().await;
    let ann = node.person("ann").await;
    for _ in 0..5 {
        let error = node
            .check_password("ann", "wrong-river-lantern", HERE)
            .await
            .unwrap_err();
        assert!(!problem(&error, "password").is_empty());
    }
    let error = node.check_password("ann", PASSWORD, HERE).await.unwrap_err();
    assert_eq!(error, AppError::SlowDown { seconds: 1 });
    assert_eq!(signs_in(&node, "ann", PASSWORD, THERE).await, Ok(ann));
    node.clock.advance(1_000);
    assert_eq!(signs_in(&node, "ann", PASSWORD, HERE).await, Ok(ann));
}

#[tokio::test]
async fn the_set_up_link_makes_one_administrator_however_many_try() {
    let (node, _database) = node().await;
    let old = node.set_up_link().await.unwrap().unwrap();
    let token = node.set_up_link().await.unwrap().unwrap();
    assert!(!node.is_link_open(LinkKind::SetUp, &old).await.unwrap());
    assert!(node.is_link_open(LinkKind::SetUp, &token).await.unwrap());
    assert!(!node.is_link_open(LinkKind::Reset, &token).await.unwrap());
    let refused = node.redeem_set_up(&token, account("x")).await.unwrap_err();
    assert!(refused.problem("username").is_some());

    let names: Vec<String> = (0..50).map(|n| format!("admin{n}")).collect();
    let made = join_all(names.iter().map(|name| node.redeem_set_up(&token, account(name)))).await;
    let admins: Vec<_> = made.iter().flatten().collect();
    assert_eq!(admins.len(), 1);
    assert!(made.iter().flat_map(Result::as_ref).all(|user| user == admins[0]));
    assert!(
        made.iter()
            .filter_map(|made| made.as_ref().err())
            .all(|error| *error == AppError::NotFound)
    );
    let (viewer, _) = node.viewer(*admins[0]).await.unwrap().unwrap();
    assert!(viewer.is_admin);
    assert_eq!(node.set_up_link().await.unwrap(), None);
}

#[tokio::test]
async fn a_reset_link_works_once_within_the_hour_and_ends_all_sessions() {
    let (node, _database) = node().await;
    let ann = node.person("ann").await;
    let (_, stamp) = node.viewer(ann).await.unwrap().unwrap();
    node.clock.advance(1_000);
    let expires = node.clock.now().plus(1_000);
    let session = [7; 32];
    let made = node.store.session_create(session, Some(ann), "{}", expires).await;
    assert!(made.unwrap());
    let name = Username::parse("ann").unwrap();
    let token = reset_link(&node.store, &node.clock, &name).await.unwrap().unwrap();

    let refused = node.redeem_reset(&token, "password1").await.unwrap_err();
    assert_eq!(refused, AppError::field("password", Problem::TooCommon));
    let tries = join_all((0..50).map(|n| {
        let (node, token) = (&node, &token);
        async move { node.redeem_reset(token, &format!("river-lantern-number-{n}")).await }
    }))
    .await;
    let winners: Vec<usize> = (0..50).filter(|n| tries[*n] == Ok(ann)).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(
        tries.iter().filter(|tried| **tried == Err(AppError::NotFound)).count(),
        49
    );

    let password = format!("river-lantern-number-{}", winners[0]);
    assert_eq!(signs_in(&node, "ann", &password, HERE).await, Ok(ann));
    assert!(node.check_password("ann", PASSWORD, HERE).await.is_err());
    assert_ne!(node.viewer(ann).await.unwrap().unwrap().1, stamp);
    assert_eq!(node.store.session_load(session, Timestamp(0)).await.unwrap(), None);
    assert!(
        !node
            .store
            .session_save(session, Some(ann), "{}", expires)
            .await
            .unwrap()
    );
    let mut tx = node.store.read().await.unwrap();
    assert_eq!(tx.revocations_after(0).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_reset_link_ends_after_an_hour_and_when_another_is_made() {
    let (node, _database) = node().await;
    node.person("ann").await;
    let name = Username::parse("ann").unwrap();
    let first = reset_link(&node.store, &node.clock, &name).await.unwrap().unwrap();
    let second = reset_link(&node.store, &node.clock, &name).await.unwrap().unwrap();
    assert_eq!(node.redeem_reset(&first, PASSWORD).await, Err(AppError::NotFound));
    node.clock.advance(3_600_000 - 1);
    assert!(node.is_link_open(LinkKind::Reset, &second).await.unwrap());
    node.clock.advance(1);
    assert!(!node.is_link_open(LinkKind::Reset, &second).await.unwrap());
    assert_eq!(node.redeem_reset(&second, PASSWORD).await, Err(AppError::NotFound));
    let nobody = Username::parse("nobody").unwrap();
    assert_eq!(reset_link(&node.store, &node.clock, &nobody).await.unwrap(), None);
}

#[tokio::test]
async fn a_sign_in_that_was_under_way_does_not_outlive_a_reset() {
    let (node, _database) = node().await;
    let ann = node.person("ann").await;
    let verified = node.check_password("ann", PASSWORD, HERE).await.unwrap();
    assert_eq!(verified.stamp, node.viewer(ann).await.unwrap().unwrap().1);
    node.clock.advance(1);
    let name = Username::parse("ann").unwrap();
    let token = reset_link(&node.store, &node.clock, &name).await.unwrap().unwrap();
    assert_eq!(node.redeem_reset(&token, "another-quiet-river").await, Ok(ann));
    assert_ne!(verified.stamp, node.viewer(ann).await.unwrap().unwrap().1);
}

#[tokio::test]
async fn accounts_from_one_address_come_at_a_pace_and_what_fails_by_our_fault_is_free() {
    let (node, _database) = node().await;
    for _ in 0..100 {
        let broken = node.admit(HERE, async { Err::<(), _>(AppError::Unavailable) }).await;
        assert_eq!(broken, Err(AppError::Unavailable));
    }
    for _ in 0..60 {
        assert_eq!(node.admit(HERE, async { Ok(()) }).await, Ok(()));
    }
    let refused = node.admit(HERE, async { Ok(()) }).await;
    assert_eq!(refused, Err(AppError::SlowDown { seconds: 2 }));
    assert_eq!(node.admit(THERE, async { Ok(()) }).await, Ok(()));
    node.clock.advance(2_000);
    assert_eq!(node.admit(HERE, async { Ok(()) }).await, Ok(()));
}
