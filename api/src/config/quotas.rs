//! `[quotas]`.

use entity::organization::organization::Plan;
use serde::{Deserialize, Serialize};

use super::Faults;

/// How much organizations may store, by their plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotasConfig {
    /// Megabytes of an organization on the plan STARTER, which a new one has.
    pub starter_megabytes: u64,
    /// Megabytes of an organization on the plan GROWTH.
    pub growth_megabytes: u64,
    /// Megabytes of an organization on the plan ENTERPRISE.
    pub enterprise_megabytes: u64,
}

impl Default for QuotasConfig {
    fn default() -> Self {
        Self {
            starter_megabytes: 1000,
            growth_megabytes: 10_000,
            enterprise_megabytes: 100_000,
        }
    }
}

impl QuotasConfig {
    /// Megabytes of a plan.
    pub fn megabytes(&self, plan: Plan) -> u64 {
        match plan {
            Plan::Starter => self.starter_megabytes,
            Plan::Growth => self.growth_megabytes,
            Plan::Enterprise => self.enterprise_megabytes,
        }
    }

    pub(super) fn check(&self, faults: &mut Faults) {
        for (key, found) in [
            ("quotas.starter_megabytes", self.starter_megabytes),
            ("quotas.growth_megabytes", self.growth_megabytes),
            ("quotas.enterprise_megabytes", self.enterprise_megabytes),
        ] {
            faults.range(key, found, 1, 1_000_000_000);
        }
    }
}
