//! Microsoft's own error numbers (AADSTS…) that a person can do something about: why, in plain
//! words, and the cure. Microsoft may change numbers; they only choose words and never more.

use crate::failure::FailureKind;

/// What numbers mean. `{client id}` and `{tenant}` stand for those of the sign-in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    codes: &'static [u32],
    pub(super) kind: FailureKind,
    /// The refresh token is of no use any more.
    pub(super) ends_session: bool,
    pub(super) why: &'static str,
    pub(super) cure: &'static str,
}

/// What is known of a number.
pub(super) fn row(code: u32) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.codes.contains(&code))
}

/// A sign-in that can be made or repeated as it is.
const fn open(codes: &'static [u32], why: &'static str, cure: &'static str) -> Row {
    Row { codes, kind: FailureKind::SignIn, ends_session: false, why, cure }
}

/// Only another sign-in by a person helps.
const fn over(codes: &'static [u32], why: &'static str, cure: &'static str) -> Row {
    Row { codes, kind: FailureKind::SignIn, ends_session: true, why, cure }
}

/// A policy, or a setting of the app or tenant: signing in again changes nothing.
const fn barred(codes: &'static [u32], why: &'static str, cure: &'static str) -> Row {
    Row { codes, kind: FailureKind::Refused, ends_session: false, why, cure }
}

const ROWS: &[Row] = &[
    over(
        &[50076, 50074],
        "multi-factor authentication is needed",
        "sign in again in the browser and confirm with your second factor",
    ),
    over(
        &[50079, 50072],
        "multi-factor authentication must be set up first",
        "sign in again in the browser and set up what it asks for",
    ),
    over(
        &[50078],
        "the multi-factor authentication is too long ago",
        "sign in again in the browser",
    ),
    over(
        &[65001],
        "the app {client id} has not been approved for {tenant}",
        "sign in in the browser and accept, or ask an administrator to approve the app {client id}",
    ),
    barred(
        &[90094, 90095, 90008],
        "an administrator must approve the app {client id}",
        "ask an administrator of {tenant} to approve the app {client id}",
    ),
    open(&[65004], "the permissions were declined", "sign in again and accept"),
    barred(
        &[65002],
        "{client id} belongs to Microsoft and may not be used by other programs",
        "use the client id of your own app registration",
    ),
    barred(
        &[700_016],
        "the app {client id} is not known in {tenant}",
        "check the client id and the tenant",
    ),
    barred(
        &[700_011, 70001],
        "the app {client id} is not installed in {tenant}",
        "check the client id and the tenant, or ask an administrator to approve the app",
    ),
    barred(
        &[7_000_112],
        "the app {client id} is disabled",
        "ask an administrator of {tenant} to enable it",
    ),
    barred(
        &[7_000_218],
        "the app {client id} is not registered as a public client",
        "register the platform \"Mobile and desktop applications\" and switch on \"Allow public client flows\"",
    ),
    barred(
        &[700_025],
        "the app {client id} is a public client, but a secret was sent",
        "report this as an error of azpat",
    ),
    barred(
        &[50011, 900_971],
        "the app {client id} is not registered for sign-in on this computer",
        "add http://localhost to its platform \"Mobile and desktop applications\"",
    ),
    open(
        &[50020, 50034, 16000, 90072, 51004],
        "the account does not exist in {tenant}",
        "choose the tenant of the organization, or ask to be invited there",
    ),
    barred(
        &[50194],
        "the app {client id} serves one tenant only",
        "set the tenant to the id of that tenant",
    ),
    barred(
        &[90130, 90124, 9_002_332],
        "this sign-in needs a certain tenant",
        "set the tenant to the id of the organization's tenant",
    ),
    barred(
        &[500_011],
        "Azure DevOps is not known in {tenant}",
        "use the tenant of the organization",
    ),
    barred(
        &[650_052],
        "{tenant} has no subscription to Azure DevOps",
        "use the tenant of the organization",
    ),
    barred(
        &[650_057],
        "the app {client id} does not list the permissions of Azure DevOps",
        "add vso.pats, vso.pats_manage and vso.profile of Azure DevOps to the app registration",
    ),
    barred(&[53000], "a policy wants a compliant device", MANAGED),
    barred(&[53001], "a policy wants a device that is joined to {tenant}", MANAGED),
    barred(
        &[53002],
        "a policy does not approve this app",
        "ask your administrator to approve the app {client id}",
    ),
    barred(&[53003], "a Conditional Access policy blocks this sign-in", MANAGED),
    barred(&[530_032], "a security policy of {tenant} blocks this sign-in", MANAGED),
    barred(
        &[53004],
        "multi-factor authentication cannot be set up, since the sign-in looks risky",
        "ask your administrator",
    ),
    barred(&[50005], "a policy does not allow this kind of device", MANAGED),
    barred(&[50097], "a policy wants this device to prove itself", MANAGED),
    barred(
        &[50105],
        "the account is not assigned to the app {client id}",
        "ask an administrator of {tenant} to assign you",
    ),
    barred(
        &[50131],
        "a Conditional Access policy blocks this sign-in, for device, network or risk",
        MANAGED,
    ),
    over(&[50158], "another service must confirm the sign-in", "sign in again in the browser"),
    barred(
        &[500_212],
        "the policy of your own tenant does not let you sign in to {tenant}",
        "ask the administrator of your own tenant",
    ),
    barred(
        &[500_213],
        "the policy of {tenant} does not let accounts of your tenant in",
        "ask the administrator of {tenant}",
    ),
    barred(
        &[500_021],
        "your network does not let you sign in to {tenant}",
        "ask your administrator",
    ),
    over(&[70043], "a policy wants you to sign in more often", "sign in again"),
    over(
        &[700_082, 70008],
        "the sign-in has ended, since it was not used for long",
        "sign in again",
    ),
    over(&[50173], "the sign-in was revoked, for example by a new password", "sign in again"),
    over(
        &[50132],
        "the sign-in is not valid any more, since sessions were revoked or the password has changed",
        "sign in again",
    ),
    over(
        &[50133],
        "the sign-in is not valid any more, since the password has changed",
        "sign in again",
    ),
    over(&[70000], "the sign-in is not accepted any more", "sign in again"),
    open(&[70016], "the code has not been typed yet", "type the code on the page"),
    open(&[70018], "the code was mistyped", "start the sign-in again and type the code as shown"),
    open(&[70019], "the code was not typed in time", "start the sign-in again"),
    open(&[50134], "the sign-in went to the wrong data centre", "start the sign-in again"),
    open(
        &[700_005],
        "the code belongs to another tenant",
        "start the sign-in again with the tenant of the organization",
    ),
    Row {
        kind: FailureKind::Throttled,
        ..open(
            &[50196],
            "Microsoft Entra ID got the same request too often",
            "wait some minutes, then try again",
        )
    },
    barred(
        &[50053],
        "the account is locked, or the address of this network is blocked",
        "wait, then try again, or ask your administrator",
    ),
    over(
        &[50055],
        "the password has expired",
        "change the password in the browser, then sign in again",
    ),
    Row {
        kind: FailureKind::Refused,
        ..over(&[50057], "the account is disabled", "ask your administrator")
    },
    open(&[54005], "the code of the sign-in was used before", "start the sign-in again"),
    open(
        &[501_481],
        "the code of the sign-in belongs to another attempt",
        "start the sign-in again",
    ),
    barred(
        &[70011, 28002, 28003],
        "one of the scopes does not exist, or there is none",
        "correct the scopes",
    ),
    barred(
        &[700_022],
        "the scopes belong to more than one service",
        "ask for scopes of Azure DevOps only",
    ),
    barred(&[90002], "there is no tenant {tenant}", "check the tenant"),
    barred(&[50059, 90019], "the sign-in names no tenant", "set the tenant"),
];

/// Most policies look at the device, which only its own browser can show.
const MANAGED: &str = "sign in in the browser of a managed device, or ask your administrator";

#[cfg(test)]
mod tests {
    use super::*;

    /// Every number that is known to occur with this API, from Microsoft's documents and reports.
    const KNOWN: &[u32] = &[
        50076, 50079, 50072, 50074, 50078, 65001, 90094, 90095, 90008, 65004, 65002, 700_016,
        700_011, 70001, 7_000_112, 7_000_218, 700_025, 50011, 900_971, 50020, 50034, 16000, 90072,
        51004, 50194, 90130, 90124, 9_002_332, 500_011, 650_052, 650_057, 53000, 53001, 53002,
        53003, 530_032, 53004, 50005, 50097, 50105, 50131, 50158, 500_212, 500_213, 500_021, 70043,
        700_082, 70008, 50173, 50132, 50133, 70000, 70016, 70018, 70019, 50134, 50196, 50053,
        50055, 50057, 54005, 501_481, 70011, 28002, 28003, 700_022, 90002, 50059, 90019, 700_005,
    ];

    #[test]
    fn every_known_number_has_words_and_a_cure() {
        for code in KNOWN {
            let row = row(*code).unwrap_or_else(|| panic!("AADSTS{code} has no words"));
            for text in [row.why, row.cure] {
                assert!(text.len() > 8 && !text.ends_with('.'), "AADSTS{code}: {text}");
                assert!(!text.contains("AADSTS"), "AADSTS{code}: {text}");
                let rest = text.replace("{client id}", "").replace("{tenant}", "");
                assert!(!rest.contains(['{', '}']), "AADSTS{code}: {text}");
            }
        }
    }

    #[test]
    fn no_number_stands_twice_or_unknown() {
        let mut all: Vec<_> = ROWS.iter().flat_map(|row| row.codes).collect();
        all.sort_unstable();
        let mut known: Vec<_> = KNOWN.iter().collect();
        known.sort_unstable();
        assert_eq!(all, known);
    }
}
