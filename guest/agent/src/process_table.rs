//! The processes of a container that calls may name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::failure::Failure;
use crate::manners::Manners;
use crate::process::Process;

pub struct ProcessTable {
    container: String,
    manners: Manners,
    /// The first one under the container's id.
    processes: Mutex<HashMap<String, Arc<Process>>>,
}

impl ProcessTable {
    pub fn new(container: &str, first: Arc<Process>, manners: Manners) -> Self {
        Self {
            container: container.to_owned(),
            manners,
            processes: Mutex::new(HashMap::from([(container.to_owned(), first)])),
        }
    }

    pub fn insert(&self, exec_id: &str, process: Arc<Process>) {
        self.lock().insert(exec_id.to_owned(), process);
    }

    /// The container's own id is never free for another process.
    pub fn is_taken(&self, exec_id: &str) -> bool {
        exec_id == self.container || self.lock().contains_key(exec_id)
    }

    /// The process of that name; the container's own id, or none, means the first one.
    pub fn find(&self, exec_id: &str) -> Result<Arc<Process>, Failure> {
        let found = self.lock().get(self.name_of(exec_id)).map(Arc::clone);
        found.ok_or_else(|| self.manners.unknown_process(&self.container, exec_id))
    }

    pub fn all(&self) -> Vec<Arc<Process>> {
        self.lock().values().cloned().collect()
    }

    /// To be called once somebody has waited for the process's end.
    pub fn note_waited(&self, exec_id: &str) {
        if self.manners.forgets_waited_processes() {
            self.lock().remove(self.name_of(exec_id));
        }
    }

    fn name_of<'a>(&'a self, exec_id: &'a str) -> &'a str {
        match exec_id {
            "" => &self.container,
            name => name,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Process>>> {
        // Nothing that can panic runs under this lock.
        self.processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Output;
    use crate::process::tests::start;

    fn make_table(manners: Manners) -> ProcessTable {
        let table = ProcessTable::new("c1", Arc::new(start("echo first")), manners);
        table.insert("c1-exec1", Arc::new(start("exit 3")));
        table
    }

    #[tokio::test]
    async fn the_first_process_is_found_by_the_containers_id_or_by_none() {
        let table = make_table(Manners::Considerate);
        let first = table.find("").unwrap();
        assert!(Arc::ptr_eq(&first, &table.find("c1").unwrap()));
        assert!(!Arc::ptr_eq(&first, &table.find("c1-exec1").unwrap()));
        assert!(table.find("c1-exec2").is_err());
        assert_eq!(table.all().len(), 2);
    }

    #[tokio::test]
    async fn kata_agent_forgets_a_process_that_was_waited_for() {
        let table = make_table(Manners::OfKata);
        let first = table.find("c1").unwrap();
        table.note_waited("");
        let failure = table.find("c1").err().unwrap();
        assert_eq!(failure.message, "Invalid exec id");
        assert!(table.find("c1-exec1").is_ok());
        assert!(table.is_taken("c1"));
        // Whoever has found it before still reads.
        assert_eq!(first.read(Output::Stdout, 100).await.unwrap(), b"first\n");
        table.note_waited("c1-exec1");
        assert!(!table.is_taken("c1-exec1"));
    }

    #[tokio::test]
    async fn a_considerate_agent_remembers_it() {
        let table = make_table(Manners::Considerate);
        table.note_waited("c1");
        assert!(table.find("c1").is_ok());
    }
}
