//! Roles that a vendor defines, for exports of assignments that come without the definitions.
//!
//! Only roles that hold a power of the lexicon, or are likely to be asked about, need to stand here. The numbers are the vendor's
//! own and the same in every tenant: Microsoft Learn, "Azure built-in roles" (read 2026-11).

/// A role that a vendor defines.
#[derive(Debug)]
pub(crate) struct BuiltIn {
    vendor: &'static str,
    id: &'static str,
    /// What the vendor calls it.
    pub(crate) name: &'static str,
    pub(super) actions: &'static [&'static str],
    pub(super) not_actions: &'static [&'static str],
    pub(super) data_actions: &'static [&'static str],
}

/// The vendor's role of that identifier, or, where an export names roles only, of that name.
pub(crate) fn built_in(vendor: &str, id: &str, name: Option<&str>) -> Option<&'static BuiltIn> {
    let of = |r: &&BuiltIn| r.vendor == vendor;
    ROLES.iter().filter(of).find(|r| r.id.eq_ignore_ascii_case(id)).or_else(|| {
        // a custom role has an identifier of its own: a name counts only where there is none
        let name = name.filter(|_| id.is_empty())?;
        ROLES.iter().filter(of).find(|r| r.name.eq_ignore_ascii_case(name))
    })
}

const fn azure(
    id: &'static str,
    name: &'static str,
    actions: &'static [&'static str],
    not_actions: &'static [&'static str],
    data_actions: &'static [&'static str],
) -> BuiltIn {
    BuiltIn { vendor: "azure", id, name, actions, not_actions, data_actions }
}

static ROLES: &[BuiltIn] = &[
    azure("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", &["*"], &[], &[]),
    azure(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        &["*"],
        &[
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
        ],
        &[],
    ),
    azure("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", &["*/read"], &[], &[]),
    azure(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        &["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
        &[],
        &[],
    ),
    azure(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        &[
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ],
        &[],
        &[],
    ),
    azure(
        "f25e0fa2-a7c8-4377-a976-54943a77a395",
        "Key Vault Contributor",
        &[
            "Microsoft.Authorization/*/read",
            "Microsoft.Insights/alertRules/*",
            "Microsoft.KeyVault/*",
            "Microsoft.ResourceHealth/availabilityStatuses/read",
            "Microsoft.Resources/deployments/*",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Support/*",
        ],
        &["Microsoft.KeyVault/locations/deletedVaults/purge/action", "Microsoft.KeyVault/hsmPools/*", "Microsoft.KeyVault/managedHsms/*"],
        &[],
    ),
    azure(
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",
        "Key Vault Administrator",
        &["Microsoft.KeyVault/vaults/read", "Microsoft.KeyVault/operations/read", "Microsoft.KeyVault/checkNameAvailability/read"],
        &[],
        &["Microsoft.KeyVault/vaults/*"],
    ),
    azure(
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        "Key Vault Secrets Officer",
        &["Microsoft.KeyVault/vaults/read"],
        &[],
        &["Microsoft.KeyVault/vaults/secrets/*"],
    ),
    azure(
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        &[],
        &[],
        &["Microsoft.KeyVault/vaults/secrets/getSecret/action", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"],
    ),
];
