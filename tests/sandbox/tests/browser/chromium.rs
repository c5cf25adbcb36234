//! A tab of headless Chromium, by the protocol of its developer tools.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Far longer than anything takes; only there to end a test that hangs.
const PATIENCE: Duration = Duration::from_secs(30);

const NAMES: [&str; 4] = [
    "google-chrome",
    "chromium",
    "chromium-headless-shell",
    "chrome",
];

/// The browser that `CHROMIUM` names, or the first on the PATH.
pub(crate) fn find() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").filter(|path| !path.is_empty());
    named.map(PathBuf::from).or_else(|| {
        let path = std::env::var_os("PATH")?;
        let folders: Vec<_> = std::env::split_paths(&path).collect();
        let mut files = NAMES
            .iter()
            .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        files.find(|file| file.is_file())
    })
}

/// A browser with one tab. It ends when this is dropped.
pub(crate) struct Tab {
    browser: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    session: Value,
    number: u64,
    /// What it writes down; gone with it.
    _profile: TempDir,
}

impl Tab {
    pub(crate) fn open(browser: &PathBuf) -> Self {
        let profile = tempfile::tempdir().unwrap();
        // It reads orders from descriptor 3 and answers on 4.
        let mut browser = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 < /dev/null > /dev/null"#])
            .arg(browser)
            // The page is our own, and root has no sandbox. Nothing is asked of the network.
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
            ])
            .args([
                "--no-first-run",
                "--disable-background-networking",
                "--no-proxy-server",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(["--remote-debugging-pipe", "about:blank"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut tab = Self {
            orders: browser.stdin.take().unwrap(),
            answers: BufReader::new(browser.stdout.take().unwrap()),
            browser,
            session: Value::Null,
            number: 0,
            _profile: profile,
        };
        let target = tab.order("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        tab.session = tab.order("Target.attachToTarget", &attach)["sessionId"].take();
        tab
    }

    /// Goes to an address, and waits for its page.
    pub(crate) fn go(&mut self, url: &str) {
        let went = self.order("Page.navigate", &json!({"url": url}));
        assert_eq!(went["errorText"], Value::Null, "{url}");
        self.until("document.readyState === 'complete'");
    }

    /// The value of an expression, promises awaited.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        self.evaluate(expression).unwrap()
    }

    /// Waits for an expression to be true, from one page to the next if need be.
    pub(crate) fn until(&mut self, expression: &str) {
        let started = Instant::now();
        // An error is a page that goes while it is asked.
        while self.evaluate(expression) != Ok(Value::Bool(true)) {
            if started.elapsed() > PATIENCE {
                let text = self.value("document.body.innerText");
                panic!("{expression} does not come true:\n{text}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn evaluate(&mut self, expression: &str) -> Result<Value, String> {
        let evaluate = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true,
        });
        let mut answer = self.ask("Runtime.evaluate", &evaluate)?;
        let thrown = &answer["exceptionDetails"];
        assert!(thrown.is_null(), "{expression}: {thrown}");
        Ok(answer["result"]["value"].take())
    }

    fn order(&mut self, method: &str, parameters: &Value) -> Value {
        self.ask(method, parameters).unwrap()
    }

    /// What the browser answers, or why it does not.
    fn ask(&mut self, method: &str, parameters: &Value) -> Result<Value, String> {
        self.number += 1;
        let mut order = json!({"id": self.number, "method": method, "params": parameters});
        if !self.session.is_null() {
            order["sessionId"] = self.session.clone();
        }
        let bytes = format!("{order}\0");
        self.orders.write_all(bytes.as_bytes()).unwrap();
        loop {
            let mut bytes = Vec::new();
            self.answers.read_until(0, &mut bytes).unwrap();
            assert_eq!(bytes.pop(), Some(0), "the browser has ended");
            let mut answer: Value = serde_json::from_slice(&bytes).unwrap();
            // Events come in between.
            if answer["id"] == self.number {
                return match answer["error"].take() {
                    Value::Null => Ok(answer["result"].take()),
                    error => Err(error.to_string()),
                };
            }
        }
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.browser.kill();
        let _ = self.browser.wait();
    }
}
