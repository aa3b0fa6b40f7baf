//! `grpc.Health`: answers without looking at anything, which tells a dead agent from a hanging
//! call.

use async_trait::async_trait;
use ttrpc::r#async::TtrpcContext;

use crate::guest;
use crate::protocol::health::health_check_response::ServingStatus;
use crate::protocol::health::{CheckRequest, HealthCheckResponse, VersionCheckResponse};
use crate::protocol::health_ttrpc;

/// Version of the protocol, as in kata-agent.
const API_VERSION: &str = "0.0.1";

pub struct Health;

#[async_trait]
impl health_ttrpc::Health for Health {
    async fn check(&self, _: &TtrpcContext, _: CheckRequest) -> ttrpc::Result<HealthCheckResponse> {
        Ok(HealthCheckResponse {
            status: ServingStatus::SERVING.into(),
            ..Default::default()
        })
    }

    async fn version(
        &self,
        _: &TtrpcContext,
        _: CheckRequest,
    ) -> ttrpc::Result<VersionCheckResponse> {
        Ok(VersionCheckResponse {
            grpc_version: API_VERSION.into(),
            agent_version: guest::VERSION.into(),
            ..Default::default()
        })
    }
}
