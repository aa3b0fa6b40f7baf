//! `grpc.AgentService`: unpacks requests, passes them on, and turns outcomes into answers. Longer
//! than other files, since the generated trait needs all methods in one place.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use log::warn;
use protobuf::well_known_types::empty::Empty;
use ttrpc::r#async::TtrpcContext;

use crate::container::Start;
use crate::failure::Failure;
use crate::guest;
use crate::process::Output;
use crate::protocol::agent::*;
use crate::protocol::agent_ttrpc;
use crate::sandbox::Sandbox;

pub struct AgentService {
    sandbox: Arc<Sandbox>,
}

impl AgentService {
    pub fn new(sandbox: Arc<Sandbox>) -> Self {
        Self { sandbox }
    }

    /// Runs blocking work on a thread of its own, and to its end even if the caller hangs up, so
    /// that nothing is left half done. If the work panics, so does the call: then ttrpc never
    /// answers it, as in kata-agent, and everything else goes on.
    async fn block<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Sandbox) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let sandbox = Arc::clone(&self.sandbox);
        match tokio::task::spawn_blocking(move || work(&sandbox)).await {
            Ok(outcome) => outcome,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Failure::unavailable("the agent is ending")),
            },
        }
    }

    async fn start(&self, id: String) -> Result<(), Failure> {
        let start = {
            let id = id.clone();
            move |sandbox: &Sandbox| sandbox.find_container(&id)?.start()
        };
        match self.block(start).await? {
            Start::Done => Ok(()),
            Start::TooLate if self.sandbox.manners().waits_for_the_dead() => {
                self.sandbox.wait_destroyed().await;
                Err(Failure::unavailable("the sandbox is destroyed"))
            }
            Start::TooLate => Err(Failure::precondition(format!(
                "container {id} cannot be started: its process has ended already"
            ))),
        }
    }

    /// With a timeout, kata-agent removes a container in a task of its own. A panic is then
    /// answered with INTERNAL; without a timeout it is never answered.
    async fn remove(&self, request: RemoveContainerRequest) -> Result<(), Failure> {
        let id = request.container_id;
        if request.timeout == 0 {
            return self
                .block(move |sandbox| sandbox.remove_container(&id))
                .await;
        }
        let limit = Duration::from_secs(request.timeout.into());
        let sandbox = Arc::clone(&self.sandbox);
        let work = tokio::task::spawn_blocking(move || sandbox.remove_container(&id));
        match tokio::time::timeout(limit, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => Err(Failure::internal(error.to_string())),
            Err(_) => Err(Failure::deadline(format!(
                "not removed within {} s",
                limit.as_secs()
            ))),
        }
    }

    async fn signal(&self, request: SignalProcessRequest) -> Result<(), Failure> {
        let SignalProcessRequest {
            container_id,
            exec_id,
            signal,
            ..
        } = request;
        let signal = i32::try_from(signal)
            .map_err(|_| Failure::invalid(format!("{signal} is not a signal")))?;
        let process = self.sandbox.find_process(&container_id, &exec_id)?;
        if exec_id.is_empty() && signal == libc::SIGKILL {
            let kill_all =
                move |sandbox: &Sandbox| sandbox.find_container(&container_id)?.kill_all();
            return self.block(kill_all).await;
        }
        process.signal(signal)
    }

    async fn wait(&self, request: &WaitProcessRequest) -> Result<WaitProcessResponse, Failure> {
        let container = self.sandbox.find_container(&request.container_id)?;
        let exit = container.processes.find(&request.exec_id)?.wait().await?;
        container.processes.note_waited(&request.exec_id);
        Ok(WaitProcessResponse {
            status: self.sandbox.manners().status(exit),
            ..Default::default()
        })
    }

    async fn read(
        &self,
        request: &ReadStreamRequest,
        output: Output,
    ) -> Result<ReadStreamResponse, Failure> {
        let process = self
            .sandbox
            .find_process(&request.container_id, &request.exec_id)?;
        let data = match process.read(output, request.len as usize).await? {
            data if data.is_empty() => self.sandbox.manners().end_of_stream()?,
            data => data,
        };
        Ok(ReadStreamResponse {
            data,
            ..Default::default()
        })
    }

    async fn write(&self, request: &WriteStreamRequest) -> Result<WriteStreamResponse, Failure> {
        let process = self
            .sandbox
            .find_process(&request.container_id, &request.exec_id)?;
        process.write_stdin(&request.data).await?;
        Ok(WriteStreamResponse {
            len: request.data.len() as u32,
            ..Default::default()
        })
    }

    async fn close_stdin(&self, request: &CloseStdinRequest) -> Result<(), Failure> {
        let process = self
            .sandbox
            .find_process(&request.container_id, &request.exec_id)?;
        process.close_stdin().await;
        Ok(())
    }
}

/// The answer to a call. A failure is logged with the call's name.
fn answer<T>(call: &str, outcome: Result<T, Failure>) -> ttrpc::Result<T> {
    outcome.map_err(|failure| {
        warn!("{call}: {:?}: {failure}", failure.code);
        failure.into()
    })
}

/// Like `answer`, for calls without a result.
fn confirm(call: &str, outcome: Result<(), Failure>) -> ttrpc::Result<Empty> {
    answer(call, outcome.map(|()| Empty::new()))
}

type Context = TtrpcContext;

#[async_trait]
impl agent_ttrpc::AgentService for AgentService {
    async fn create_sandbox(
        &self,
        _: &Context,
        request: CreateSandboxRequest,
    ) -> ttrpc::Result<Empty> {
        confirm("CreateSandbox", self.sandbox.create(&request))
    }

    async fn destroy_sandbox(&self, _: &Context, _: DestroySandboxRequest) -> ttrpc::Result<Empty> {
        confirm(
            "DestroySandbox",
            self.block(|sandbox| sandbox.destroy()).await,
        )
    }

    async fn create_container(
        &self,
        _: &Context,
        request: CreateContainerRequest,
    ) -> ttrpc::Result<Empty> {
        let create = |sandbox: &Sandbox| sandbox.create_container(request);
        confirm("CreateContainer", self.block(create).await)
    }

    async fn start_container(
        &self,
        _: &Context,
        request: StartContainerRequest,
    ) -> ttrpc::Result<Empty> {
        confirm("StartContainer", self.start(request.container_id).await)
    }

    async fn remove_container(
        &self,
        _: &Context,
        request: RemoveContainerRequest,
    ) -> ttrpc::Result<Empty> {
        confirm("RemoveContainer", self.remove(request).await)
    }

    async fn update_container(
        &self,
        _: &Context,
        request: UpdateContainerRequest,
    ) -> ttrpc::Result<Empty> {
        let update = move |sandbox: &Sandbox| {
            sandbox
                .find_container(&request.container_id)?
                .update(request.resources.get_or_default())
        };
        confirm("UpdateContainer", self.block(update).await)
    }

    async fn stats_container(
        &self,
        _: &Context,
        request: StatsContainerRequest,
    ) -> ttrpc::Result<StatsContainerResponse> {
        let collect =
            move |sandbox: &Sandbox| Ok(sandbox.find_container(&request.container_id)?.stats());
        let stats = self
            .block(collect)
            .await
            .map(|stats| StatsContainerResponse {
                cgroup_stats: Some(stats).into(),
                ..Default::default()
            });
        answer("StatsContainer", stats)
    }

    async fn pause_container(
        &self,
        _: &Context,
        request: PauseContainerRequest,
    ) -> ttrpc::Result<Empty> {
        let pause = move |sandbox: &Sandbox| sandbox.find_container(&request.container_id)?.pause();
        confirm("PauseContainer", self.block(pause).await)
    }

    async fn resume_container(
        &self,
        _: &Context,
        request: ResumeContainerRequest,
    ) -> ttrpc::Result<Empty> {
        let resume =
            move |sandbox: &Sandbox| sandbox.find_container(&request.container_id)?.resume();
        confirm("ResumeContainer", self.block(resume).await)
    }

    async fn exec_process(&self, _: &Context, request: ExecProcessRequest) -> ttrpc::Result<Empty> {
        let execute = move |sandbox: &Sandbox| {
            let ExecProcessRequest {
                container_id,
                exec_id,
                process,
                ..
            } = request;
            sandbox
                .find_container(&container_id)?
                .execute(&exec_id, process.unwrap_or_default())
        };
        confirm("ExecProcess", self.block(execute).await)
    }

    async fn signal_process(
        &self,
        _: &Context,
        request: SignalProcessRequest,
    ) -> ttrpc::Result<Empty> {
        confirm("SignalProcess", self.signal(request).await)
    }

    async fn wait_process(
        &self,
        _: &Context,
        request: WaitProcessRequest,
    ) -> ttrpc::Result<WaitProcessResponse> {
        answer("WaitProcess", self.wait(&request).await)
    }

    async fn write_stdin(
        &self,
        _: &Context,
        request: WriteStreamRequest,
    ) -> ttrpc::Result<WriteStreamResponse> {
        answer("WriteStdin", self.write(&request).await)
    }

    async fn read_stdout(
        &self,
        _: &Context,
        request: ReadStreamRequest,
    ) -> ttrpc::Result<ReadStreamResponse> {
        answer("ReadStdout", self.read(&request, Output::Stdout).await)
    }

    async fn read_stderr(
        &self,
        _: &Context,
        request: ReadStreamRequest,
    ) -> ttrpc::Result<ReadStreamResponse> {
        answer("ReadStderr", self.read(&request, Output::Stderr).await)
    }

    async fn close_stdin(&self, _: &Context, request: CloseStdinRequest) -> ttrpc::Result<Empty> {
        confirm("CloseStdin", self.close_stdin(&request).await)
    }

    async fn get_metrics(&self, _: &Context, _: GetMetricsRequest) -> ttrpc::Result<Metrics> {
        let metrics = |sandbox: &Sandbox| Ok(guest::format_metrics(sandbox.count_containers()));
        let metrics = self.block(metrics).await.map(|metrics| Metrics {
            metrics,
            ..Default::default()
        });
        answer("GetMetrics", metrics)
    }

    async fn get_guest_details(
        &self,
        _: &Context,
        request: GuestDetailsRequest,
    ) -> ttrpc::Result<GuestDetailsResponse> {
        answer(
            "GetGuestDetails",
            self.block(move |_| Ok(guest::describe(&request))).await,
        )
    }

    async fn get_oom_event(&self, _: &Context, _: GetOOMEventRequest) -> ttrpc::Result<OOMEvent> {
        let event = self.sandbox.next_oom().await.map(|container_id| OOMEvent {
            container_id,
            ..Default::default()
        });
        answer("GetOOMEvent", event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroups::Guarded;
    use crate::manners::Manners;

    /// ttrpc runs each call in a task of its own, and answers nothing if that panics.
    #[tokio::test]
    async fn a_panic_of_blocking_work_is_one_of_its_call() {
        let sandbox = Sandbox::new(Arc::new(Guarded), Manners::Considerate);
        let service = AgentService::new(Arc::new(sandbox));
        let work = |_: &Sandbox| -> Result<(), Failure> { panic!("on purpose") };
        let call = tokio::spawn(async move { service.block(work).await });
        assert!(call.await.unwrap_err().is_panic());
    }
}
