//! Sessions and what is told when rights end.
use super::support::node;
use app::api::rooms::Rooms;
use server::store::{Revocation, Revoked};

#[tokio::test]
async fn a_session_is_made_once_kept_and_ended_for_good() {
    let (node, _database) = node().await;
    let ann = node.person("ann").await;
    let (store, hash) = (&node.store, [1; 32]);
    let now = node.clock.now();
    let expires = now.plus(1_000);
    assert!(store.session_create(hash, Some(ann), "a", expires).await.unwrap());
    assert!(!store.session_create(hash, None, "b", expires).await.unwrap());
    assert!(store.session_save(hash, Some(ann), "c", expires).await.unwrap());
    assert_eq!(
        store.session_load(hash, now).await.unwrap(),
        Some(("c".into(), expires))
    );
    assert_eq!(store.session_load(hash, expires).await.unwrap(), None);
    assert_eq!(store.session_load([2; 32], now).await.unwrap(), None);

    store.session_delete(hash).await.unwrap();
    store.session_delete(hash).await.unwrap();
    assert!(!store.session_save(hash, Some(ann), "d", expires).await.unwrap());
    assert_eq!(store.session_load(hash, now).await.unwrap(), None);
    let mut tx = store.read().await.unwrap();
    let ended: Vec<Revocation> = tx
        .revocations_after(0)
        .await
        .unwrap()
        .iter()
        .map(|one| one.what)
        .collect();
    assert_eq!(ended, [Revocation::Session(hash)]);
}

#[tokio::test]
async fn leaving_a_room_is_told_to_every_node_after_what_was_told_before() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.room_of(ann).await;
    let last = node.store.read().await.unwrap().last_revocation().await.unwrap();
    assert_eq!(last, 0);
    for _ in 0..2 {
        node.join_room(ben, room).await.unwrap();
        node.leave_room(ben, room).await.unwrap();
    }
    let mut tx = node.store.read().await.unwrap();
    let ended = tx.revocations_after(last).await.unwrap();
    let what = Revocation::Membership(ben, room);
    assert!(matches!(&ended[..], [one, two] if one.what == what && two.what == what && one.id < two.id));
    assert_eq!(tx.last_revocation().await.unwrap(), ended[1].id);
    assert_eq!(
        tx.revocations_after(ended[0].id).await.unwrap(),
        [Revoked { ..ended[1] }]
    );
}

#[tokio::test]
async fn what_has_ended_is_forgotten() {
    let (node, _database) = node().await;
    // Later than now: a node cleans up by itself when it starts.
    let now = node.clock.now().plus(10_000);
    for n in 0..3 {
        let made = node
            .store
            .session_create([n; 32], None, "", now.plus(i64::from(n)))
            .await;
        assert!(made.unwrap());
    }
    node.store.session_delete([2; 32]).await.unwrap();
    let mut tx = node.store.write().await.unwrap();
    assert_eq!(tx.delete_expired_links(now).await.unwrap(), 0);
    assert_eq!(tx.delete_revocations(now.plus(1)).await.unwrap(), 1);
    assert_eq!(tx.delete_expired_sessions(now).await.unwrap(), [[0; 32]]);
    let ended = tx.revocations_after(0).await.unwrap();
    let ended: Vec<Revocation> = ended.iter().map(|one| one.what).collect();
    assert_eq!(ended, [Revocation::Session([0; 32])], "its sockets are told");
    assert!(tx.has_session([1; 32]).await.unwrap());
    assert!(!tx.has_session([0; 32]).await.unwrap());
    tx.commit().await.unwrap();
}
