//! The gate under a paused clock.

use std::sync::Arc;

use super::*;

const PATIENCE: Duration = Duration::from_mins(5);

fn limited() -> StatusError {
    StatusError {
        status: 429,
        kind: None,
        errors: vec![],
        scope: None,
        request_id: None,
        foreign: None,
        repeated: false,
        retry_after: None,
        in_doubt: false,
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_minute_at_once_then_evenly() {
    let limits = Limits::new(10, 60);
    let start = Instant::now();
    let mut moments = vec![];
    for _ in 0..63 {
        limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
        moments.push(start.elapsed().as_secs_f64().round());
    }
    assert!(
        moments[..60].iter().all(|&moment| moment == 0.0),
        "{moments:?}"
    );
    assert_eq!(moments[60..], [1.0, 2.0, 3.0]);
}

#[tokio::test(start_paused = true)]
async fn no_limit() {
    let limits = Limits::new(0, 0);
    let start = Instant::now();
    for _ in 0..5000 {
        limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_everyone() {
    let limits = Limits::new(10, 1200);
    let start = Instant::now();
    limits.pause(Duration::from_secs(7), &limited());
    limits.pause(Duration::from_secs(3), &limited()); // does not shorten it
    let enter = || limits.enter(PATIENCE, Duration::ZERO);
    let (first, second) = tokio::join!(enter(), enter());
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(start.elapsed().as_secs(), 7);
    limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_patience_fails_at_once() {
    let limits = Limits::new(10, 1200);
    limits.pause(Duration::MAX, &limited());
    let start = Instant::now();
    let error = limits.enter(PATIENCE, Duration::ZERO).await.unwrap_err();
    assert!(error.wait > PATIENCE);
    assert_eq!(error.reason.status, 429);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn no_more_than_so_many_at_once() {
    let limits = Limits::new(2, 0);
    let first = limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
    let _second = limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
    let third = limits.enter(PATIENCE, Duration::ZERO);
    tokio::pin!(third);
    assert!(
        tokio::time::timeout(Duration::from_secs(1), &mut third)
            .await
            .is_err()
    );
    drop(first);
    assert!(
        tokio::time::timeout(Duration::from_secs(1), &mut third)
            .await
            .unwrap()
            .is_ok()
    );
}
/// The API's bucket, which others use as well: `rivals` requests a second of theirs.
struct Api {
    quota: Quota,
    bucket: Bucket,
    rivals: f64,
    at: Instant,
    refused: usize,
}

impl Api {
    fn new(per_minute: u32, left: f64, rivals: f64) -> Arc<Mutex<Self>> {
        let quota = Quota::per_minute(per_minute);
        let mut bucket = Bucket::new(quota, Instant::now());
        bucket.lower(left, Instant::now());
        Arc::new(Mutex::new(Self {
            quota,
            bucket,
            rivals,
            at: Instant::now(),
            refused: 0,
        }))
    }

    /// Whether a request gets through, or how many seconds it is told to wait; and what is left.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "no more than a minute, and no more than a minute's requests"
    )]
    fn ask(&mut self) -> (Option<u64>, Standing) {
        let now = Instant::now();
        let theirs = self.rivals * (now - self.at).as_secs_f64();
        self.at = now;
        let _ = self.bucket.wait(now);
        self.bucket.lower(self.bucket.tokens() - theirs, now);
        let told = self
            .bucket
            .wait(now)
            .map(|wait| wait.as_secs_f64().ceil() as u64);
        match told {
            None => self.bucket.take(),
            Some(_) => self.refused += 1,
        }
        let standing = Standing {
            quota: self.quota,
            remaining: self.bucket.tokens().max(0.0) as u32,
        };
        (told, standing)
    }
}

/// As many requests as a plan of that many sources makes, ten at a time, as `Transport` sends them.
/// How often the API refused, and how long it took.
async fn plan(sources: usize, api: &Arc<Mutex<Api>>) -> (usize, Duration) {
    const LATENCY: Duration = Duration::from_millis(60);
    let limits = Arc::new(Limits::new(10, 1200));
    let start = Instant::now();
    let requests: Vec<_> = (0..sources)
        .map(|_| {
            let (limits, api) = (Arc::clone(&limits), Arc::clone(api));
            tokio::spawn(async move {
                loop {
                    let pass = limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
                    sleep(LATENCY).await;
                    let (told, standing) = api.lock().unwrap().ask();
                    sleep(LATENCY).await;
                    pass.learn(standing);
                    let Some(seconds) = told else { return };
                    limits.pause(Duration::from_secs(seconds), &limited());
                    drop(pass);
                }
            })
        })
        .collect();
    for request in requests {
        request.await.unwrap();
    }
    (api.lock().unwrap().refused, start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_plan_under_a_limit_that_all_share() {
    for (name, left, rivals, refusals, seconds) in [
        ("alone, full", 60.0, 0.0, 0, 2),
        ("alone, half used up", 20.0, 0.0, 0, 32),
        ("alone, all used up", 0.0, 0.0, 1, 42),
        ("rivals, half used up", 20.0, 0.3, 2, 40),
        ("rivals, all used up", 0.0, 0.3, 3, 70),
        ("as many rivals", 5.0, 0.5, 3, 80),
    ] {
        let api = Api::new(60, left, rivals);
        let (refused, took) = plan(40, &api).await;
        assert!(refused <= refusals, "{name}: {refused} refused");
        assert!(took <= Duration::from_secs(seconds), "{name}: {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_api_with_room_holds_nobody_up() {
    let api = Api::new(1200, 1200.0, 2.0);
    let (refused, took) = plan(300, &api).await;
    assert_eq!(refused, 0);
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_first_goes_alone_for_a_moment() {
    let limits = Limits::new(10, 0);
    let start = Instant::now();
    let first = limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
    let _second = limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
    assert_eq!(start.elapsed(), ALONE);
    let _third = limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
    assert_eq!(start.elapsed(), ALONE);
    drop(first);

    let limits = Limits::new(10, 0);
    let start = Instant::now();
    let first = limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
    let (second, ()) = tokio::join!(limits.enter(PATIENCE, Duration::ZERO), async {
        sleep(Duration::from_millis(40)).await;
        drop(first);
    });
    second.unwrap();
    assert_eq!(start.elapsed(), Duration::from_millis(40));
}
