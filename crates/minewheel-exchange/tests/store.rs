//! The store, the same tests on every kind of database.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use minewheel_exchange::event::Event;
use minewheel_exchange::filter::Filter;
use minewheel_exchange::footprint::Document;
use minewheel_exchange::store::Store;
use minewheel_exchange::store::accounts::Peer;
use minewheel_exchange::store::events::{Draft, Received};
use minewheel_exchange::store::footprints::Found;
use serde_json::json;
use support::{Folder, event, footprint, id, stores};

/// Runs a test on every kind of store, each empty but for the tenants `works`, `maker` and `other`.
fn on_each<F: Future<Output = ()>>(test: impl Fn(Store) -> F) {
    let folder = Folder::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for address in stores(&folder) {
        runtime.block_on(async {
            let store = Store::open(&address).await.unwrap();
            for tenant in ["works", "maker", "other"] {
                assert!(store.add_tenant(tenant, tenant).await.unwrap());
            }
            test(store).await;
        });
    }
}

fn document(n: u32) -> Document {
    Document::read(&footprint(n).to_string()).unwrap()
}

fn read(value: &serde_json::Value) -> Event {
    Event::read(value.to_string().as_bytes()).unwrap()
}

#[test]
fn a_store_opens_again_with_what_it_held() {
    let folder = Folder::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for address in stores(&folder) {
        runtime.block_on(async {
            let first = Store::open(&address).await.unwrap();
            assert!(first.add_tenant("works", "Cathode Works").await.unwrap());
            assert!(!first.add_tenant("works", "Another").await.unwrap());
            first.publish("works", None, &[document(1)]).await.unwrap();
            drop(first);
            let again = Store::open(&address).await.unwrap();
            assert_eq!(again.footprint("works", &id(1)).await.unwrap(), Found::Text(footprint(1).to_string()));
            assert_eq!(again.tenants().await.unwrap()[0].name, "Cathode Works");
        });
    }
}

#[test]
fn a_publication_is_whole_or_not_there() {
    on_each(|store| async move {
        store.publish("works", None, &[document(2)]).await.unwrap();
        let mut changed = footprint(2);
        changed["companyName"] = json!("Another");
        let changed = Document::read(&changed.to_string()).unwrap();
        assert!(store.publish("works", None, &[document(1), changed]).await.is_err());
        assert_eq!(store.footprint("works", &id(1)).await.unwrap(), Found::Missing);
        assert_eq!(store.count().await.unwrap(), 1);
        let again = store.publish("works", None, &[document(1), document(2), document(1)]).await.unwrap();
        assert_eq!(again.iter().map(|p| p.is_new).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(store.count().await.unwrap(), 2);
    });
}

#[test]
fn grants_open_and_close_single_footprints_and_all() {
    on_each(|store| async move {
        store.publish("works", None, &[document(1), document(2)]).await.unwrap();
        let list = async |who: &str| store.list(who, &Filter::default(), 0, 10).await.unwrap().texts.len();
        assert_eq!([list("works").await, list("maker").await], [2, 0]);
        assert_eq!(store.grant("works", "maker", None, &[id(1), id(9)]).await.unwrap(), 1);
        assert_eq!(store.grant("other", "maker", None, &[id(2)]).await.unwrap(), 0);
        assert_eq!([list("maker").await, list("other").await], [1, 0]);
        assert_eq!(store.footprint("maker", &id(2)).await.unwrap(), Found::Forbidden);
        // All, and those to come.
        assert_eq!(store.grant("works", "maker", None, &[]).await.unwrap(), 1);
        store.publish("works", None, &[document(3)]).await.unwrap();
        assert_eq!([list("maker").await, list("other").await], [3, 0]);
        assert_eq!(store.withdraw("works", "maker", &[id(3)]).await.unwrap(), 1);
        assert_eq!(store.withdraw("works", "maker", &[]).await.unwrap(), 2);
        store.publish("works", None, &[document(4)]).await.unwrap();
        assert_eq!([list("works").await, list("maker").await], [4, 0]);
    });
}

#[test]
fn pages_follow_each_other_without_gap_or_overlap() {
    on_each(|store| async move {
        let documents: Vec<Document> = (0..25).map(document).collect();
        store.publish("works", None, &documents).await.unwrap();
        store.grant("works", "maker", None, &(0..25).filter(|n| n % 3 != 0).map(id).collect::<Vec<_>>()).await.unwrap();
        let (mut after, mut seen) = (0, Vec::new());
        loop {
            let page = store.list("maker", &Filter::default(), after, 4).await.unwrap();
            assert!(page.texts.len() <= 4);
            seen.extend(page.texts);
            match page.next {
                Some(next) => after = next,
                None => break,
            }
        }
        let wanted: Vec<String> = (0..25).filter(|n| n % 3 != 0).map(|n| footprint(n).to_string()).collect();
        assert_eq!(seen, wanted);
    });
}

#[test]
fn an_event_that_comes_twice_acts_once_even_at_the_same_time() {
    on_each(|store| async move {
        let criteria = json!({ "productId": ["urn:pact:example.com:product:1"] });
        let request = read(&event("RequestCreatedEvent", "r1", criteria));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (store, request) = (store.clone(), request.clone());
            tasks.spawn(async move { store.receive("maker", "c", &request).await.unwrap() });
        }
        let outcomes = tasks.join_all().await;
        assert_eq!(outcomes.iter().filter(|o| **o == Received::New).count(), 1);
        assert_eq!(outcomes.iter().filter(|o| **o == Received::Again).count(), 19);
        assert_eq!(store.open_requests(0, 10).await.unwrap().len(), 1);
        // The same id from another tenant is another event.
        assert_eq!(store.receive("other", "c", &request).await.unwrap(), Received::New);
    });
}

#[test]
fn an_answer_counts_once_and_only_from_the_one_who_was_asked() {
    on_each(|store| async move {
        let letter = Draft { tenant: "works".to_owned(), event: "r1".to_owned(), body: "{}".to_owned() };
        store.ask("maker", &letter, "{}").await.unwrap();
        let answer = |id: &str| read(&event("RequestFulfilledEvent", id, json!({ "requestEventId": "r1", "pfs": [footprint(1)] })));
        assert_eq!(store.receive("other", "c", &answer("a0")).await.unwrap(), Received::Unasked);
        assert_eq!(store.footprint("maker", &id(1)).await.unwrap(), Found::Missing);
        assert_eq!(store.receive("works", "c", &answer("a1")).await.unwrap(), Received::New);
        assert_eq!(store.receive("works", "c", &answer("a1")).await.unwrap(), Received::Again);
        assert_eq!(store.receive("works", "c", &answer("a2")).await.unwrap(), Received::Unasked);
        assert_eq!(store.footprint("maker", &id(1)).await.unwrap(), Found::Text(footprint(1).to_string()));
        assert_eq!(store.footprint("other", &id(1)).await.unwrap(), Found::Forbidden);
        assert_eq!(store.requests().await.unwrap()[0].state, "fulfilled");
    });
}

#[test]
fn a_letter_is_lent_to_one_sender_at_a_time() {
    on_each(|store| async move {
        use minewheel_exchange::clock::Moment;
        let letter = Draft { tenant: "works".to_owned(), event: "e1".to_owned(), body: "{}".to_owned() };
        store.post(std::slice::from_ref(&letter)).await.unwrap();
        assert!(store.post(&[letter]).await.is_err(), "an event goes into the box once");
        let now = Moment::now().seconds_later(1);
        let lent = store.due_letters(now, 60, 10).await.unwrap();
        assert_eq!(lent.len(), 1);
        assert!(store.due_letters(now, 60, 10).await.unwrap().is_empty());
        assert_eq!(store.due_letters(now.seconds_later(61), 60, 10).await.unwrap().len(), 1, "the lease ends with its sender");
        store.not_sent(&lent[0], Some(now), "down").await.unwrap();
        let again = store.due_letters(now, 60, 10).await.unwrap();
        assert_eq!(again[0].attempts, 1);
        store.sent(&again[0]).await.unwrap();
        assert_eq!(store.waiting().await.unwrap(), 0);
    });
}

#[test]
fn an_announcement_is_kept_until_its_footprint_is_here_and_no_footprint_is_overwritten() {
    on_each(|store| async move {
        use minewheel_exchange::clock::Moment;
        use minewheel_exchange::store::announced::Kept;
        let announce = |event_id: &str, n: u32| read(&event("PublishedEvent", event_id, json!({ "pfIds": [id(n)] })));
        store.grant("works", "maker", None, &[]).await.unwrap();
        // Where the host of the one who announces is not known, there is nothing to fetch from.
        store.receive("works", "c", &announce("e0", 1)).await.unwrap();
        assert_eq!(store.to_fetch().await.unwrap(), 0);
        let peer = Peer { url: "https://works.example.com".to_owned(), client: "c".to_owned(), sealed: "s".to_owned() };
        store.set_peer("works", &peer).await.unwrap();
        store.receive("works", "c", &announce("e1", 1)).await.unwrap();
        let now = Moment::now().seconds_later(1);
        let due = store.due_announced(now, 60, 10).await.unwrap();
        assert_eq!((due.len(), due[0].footprint.clone()), (1, id(1)));
        assert!(store.due_announced(now, 60, 10).await.unwrap().is_empty(), "it is lent");
        store.not_fetched(&due[0], Some(now), "down").await.unwrap();
        let again = store.due_announced(now, 60, 10).await.unwrap();
        assert_eq!(again[0].attempts, 1);
        assert_eq!(store.fetched(&again[0], &document(1)).await.unwrap(), Kept::New);
        assert_eq!((store.to_fetch().await.unwrap(), store.footprint("maker", &id(1)).await.unwrap()), (0, Found::Text(footprint(1).to_string())));
        // Announced again: the same, then withdrawn from use; it does not come back into use.
        store.receive("works", "c", &announce("e2", 1)).await.unwrap();
        let again = store.due_announced(Moment::now().seconds_later(1), 60, 10).await.unwrap();
        assert_eq!((again[0].attempts, store.fetched(&again[0], &document(1)).await.unwrap()), (0, Kept::Same));
        let mut old = footprint(1);
        old["status"] = json!("Deprecated");
        // Another order of the members says the same.
        let old = Document::read(&serde_json::to_string_pretty(&old).unwrap()).unwrap();
        assert_eq!(store.fetched(&again[0], &old).await.unwrap(), Kept::Deprecated);
        assert_eq!(store.fetched(&again[0], &document(1)).await.unwrap(), Kept::Same);
        assert_eq!(store.footprint("maker", &id(1)).await.unwrap(), Found::Text(old.text.clone()));
        // Other content, and a footprint of another, are not taken.
        let mut changed = footprint(1);
        changed["companyName"] = json!("Another");
        assert_eq!(store.fetched(&again[0], &Document::read(&changed.to_string()).unwrap()).await.unwrap(), Kept::Taken);
        store.publish("other", None, &[document(2)]).await.unwrap();
        store.receive("works", "c", &announce("e3", 2)).await.unwrap();
        let due = store.due_announced(Moment::now().seconds_later(1), 60, 10).await.unwrap();
        assert_eq!(store.fetched(&due[0], &document(2)).await.unwrap(), Kept::Taken);
        store.not_fetched(&due[0], None, "taken").await.unwrap();
        assert_eq!((store.to_fetch().await.unwrap(), store.footprint("maker", &id(2)).await.unwrap()), (0, Found::Forbidden));
    });
}

#[test]
fn hundreds_of_writes_at_once_are_all_there() {
    on_each(|store| async move {
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..300 {
            let store = store.clone();
            tasks.spawn(async move { store.publish("works", None, &[document(n)]).await.unwrap()[0].is_new });
        }
        assert!(tasks.join_all().await.into_iter().all(|is_new| is_new));
        assert_eq!(store.count().await.unwrap(), 300);
    });
}

#[test]
fn a_store_that_cannot_be_opened_says_why() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for address in ["/no/such/folder/exchange.db", "postgres://me:s3cret@127.0.0.1:1/none"] {
        let said = runtime.block_on(Store::open(address)).err().unwrap().to_string();
        assert!(said.contains("cannot be opened") && !said.contains("s3cret"), "{said}");
    }
}
