//! Parses the command line.

use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;

pub const HELP: &str = include_str!("help.txt");

#[derive(Debug, PartialEq)]
pub enum Workload {
    Help,
    Sleep,
    Exit { code: u8 },
    Spin { threads: usize },
    Hold { mib: usize, seconds: Option<f64> },
    Fork { count: usize, seconds: f64 },
    Tick { every_ms: u64 },
    WaitSignal,
    HandleSignal { exit_code: Option<u8> },
    Read { paths: Vec<PathBuf> },
    Open { path: PathBuf },
    Affinity,
    Print { text: OsString },
}

pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Workload, lexopt::Error> {
    let mut parser = Parser::from_args(arguments);
    let name = match parser.next()? {
        Some(Arg::Value(name)) => name.string()?,
        Some(Arg::Long("help") | Arg::Short('h')) => return Ok(Workload::Help),
        Some(other) => return Err(other.unexpected()),
        None => return Err("expected the name of a workload, found nothing".into()),
    };
    let mut given = Given::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("seconds") => given.seconds = Some(seconds(parser.value()?)?),
            Arg::Long("threads") => given.threads = Some(parser.value()?.parse()?),
            Arg::Long("mib") => given.mib = Some(parser.value()?.parse()?),
            Arg::Long("count") => given.count = Some(parser.value()?.parse()?),
            Arg::Long("exit-code") => given.exit_code = Some(parser.value()?.parse()?),
            Arg::Long("every-ms") => given.every_ms = Some(parser.value()?.parse()?),
            Arg::Long("help") | Arg::Short('h') => return Ok(Workload::Help),
            Arg::Value(value) => given.values.push(value),
            other => return Err(other.unexpected()),
        }
    }
    let workload = given.take(&name)?;
    given.expect_taken(&name)?;
    Ok(workload)
}

/// Arguments after the workload's name. Each workload takes those that it knows.
#[derive(Default, PartialEq)]
struct Given {
    seconds: Option<f64>,
    threads: Option<usize>,
    mib: Option<usize>,
    count: Option<usize>,
    every_ms: Option<u64>,
    exit_code: Option<u8>,
    values: Vec<OsString>,
}

impl Given {
    fn take(&mut self, name: &str) -> Result<Workload, lexopt::Error> {
        Ok(match name {
            "sleep" => Workload::Sleep,
            "exit" => Workload::Exit {
                code: self.value("CODE")?.parse()?,
            },
            "spin" => Workload::Spin {
                threads: self.threads.take().unwrap_or(1),
            },
            "hold" => Workload::Hold {
                mib: required(self.mib.take(), "--mib")?,
                seconds: self.seconds.take(),
            },
            "fork" => Workload::Fork {
                count: required(self.count.take(), "--count")?,
                seconds: self.seconds.take().unwrap_or(0.0),
            },
            "tick" => Workload::Tick {
                every_ms: required(self.every_ms.take(), "--every-ms")?,
            },
            "wait-signal" => Workload::WaitSignal,
            "handle-signal" => Workload::HandleSignal {
                exit_code: self.exit_code.take(),
            },
            "read" => {
                let first = self.value("PATH")?;
                let paths = std::iter::once(first).chain(self.values.drain(..));
                Workload::Read {
                    paths: paths.map(PathBuf::from).collect(),
                }
            }
            "open" => Workload::Open {
                path: self.value("PATH")?.into(),
            },
            "affinity" => Workload::Affinity,
            "print" => Workload::Print {
                text: self.value("TEXT")?,
            },
            _ => return Err(format!("there is no workload {name:?}").into()),
        })
    }

    fn value(&mut self, what: &str) -> Result<OsString, lexopt::Error> {
        if self.values.is_empty() {
            return Err(format!("expected {what}, found nothing").into());
        }
        Ok(self.values.remove(0))
    }

    fn expect_taken(&self, name: &str) -> Result<(), lexopt::Error> {
        if *self == Self::default() {
            return Ok(());
        }
        Err(format!("{name} does not take all of these arguments").into())
    }
}

fn required<T>(value: Option<T>, option: &str) -> Result<T, lexopt::Error> {
    value.ok_or_else(|| format!("expected {option}, found nothing").into())
}

/// Seconds that fit into a `Duration`: neither negative nor infinite.
fn seconds(value: OsString) -> Result<f64, lexopt::Error> {
    let seconds: f64 = value.parse()?;
    match std::time::Duration::try_from_secs_f64(seconds) {
        Ok(_) => Ok(seconds),
        Err(error) => Err(format!("expected seconds, found {seconds}: {error}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Workload, String> {
        parse(line.split_whitespace().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn each_workload_takes_its_arguments() {
        assert_eq!(parsed("sleep"), Ok(Workload::Sleep));
        assert_eq!(parsed("exit 3"), Ok(Workload::Exit { code: 3 }));
        assert_eq!(parsed("spin"), Ok(Workload::Spin { threads: 1 }));
        assert_eq!(
            parsed("spin --threads=2"),
            Ok(Workload::Spin { threads: 2 })
        );
        assert_eq!(
            parsed("hold --mib 8"),
            Ok(Workload::Hold {
                mib: 8,
                seconds: None
            })
        );
        let hold = Workload::Hold {
            mib: 8,
            seconds: Some(0.5),
        };
        assert_eq!(parsed("hold --mib 8 --seconds=0.5"), Ok(hold));
        assert_eq!(
            parsed("fork --count 9"),
            Ok(Workload::Fork {
                count: 9,
                seconds: 0.0
            })
        );
        assert_eq!(
            parsed("tick --every-ms 10"),
            Ok(Workload::Tick { every_ms: 10 })
        );
        assert_eq!(parsed("wait-signal"), Ok(Workload::WaitSignal));
        assert_eq!(
            parsed("handle-signal"),
            Ok(Workload::HandleSignal { exit_code: None })
        );
        assert_eq!(
            parsed("handle-signal --exit-code 4"),
            Ok(Workload::HandleSignal { exit_code: Some(4) })
        );
        let paths = vec!["/a".into(), "/b".into()];
        assert_eq!(parsed("read /a /b"), Ok(Workload::Read { paths }));
        assert_eq!(parsed("open /a"), Ok(Workload::Open { path: "/a".into() }));
        assert_eq!(parsed("affinity"), Ok(Workload::Affinity));
        assert_eq!(
            parsed("print -- --x"),
            Ok(Workload::Print { text: "--x".into() })
        );
        assert_eq!(parsed("spin --help"), Ok(Workload::Help));
    }

    #[test]
    fn wrong_arguments_are_named() {
        let error = |line| parsed(line).unwrap_err();
        assert_eq!(error(""), "expected the name of a workload, found nothing");
        assert_eq!(error("spnn"), "there is no workload \"spnn\"");
        assert_eq!(error("fork"), "expected --count, found nothing");
        assert_eq!(error("exit"), "expected CODE, found nothing");
        assert!(error("exit -1").contains("invalid option '-1'"));
        assert!(error("hold --seconds=-1").contains("expected seconds, found -1"));
        assert!(error("exit 256").contains("256"));
        assert_eq!(
            error("wait-signal now"),
            "wait-signal does not take all of these arguments"
        );
        assert_eq!(
            error("sleep --mib 1"),
            "sleep does not take all of these arguments"
        );
        assert!(error("hold --mb 1").contains("--mb"));
    }
}
