//! What Entra refuses, in words, wherever it refuses.

use azpat::emulator::Endpoint;

use super::rig::{Rig, wish};

const CODES: &[u32] = &[
    50076, 50079, 50072, 50074, 50078, 65001, 90094, 90095, 90008, 65002, 700_016, 700_011, 70001,
    7_000_112, 7_000_218, 700_025, 50011, 900_971, 50020, 50034, 16000, 90072, 51004, 50194, 90130,
    90124, 9_002_332, 500_011, 650_052, 650_057, 53000, 53001, 53002, 53003, 530_032, 53004, 50005,
    50097, 50105, 50131, 50158, 500_212, 500_213, 500_021, 70043, 700_082, 70008, 50173, 50132,
    50133, 70000, 50196, 50053, 50055, 50057, 54005, 501_481, 70011, 28002, 28003, 700_022, 90002,
    50059, 90019,
];

#[tokio::test]
async fn every_number_comes_through_in_words() {
    let rig = Rig::start().await;
    let refresh = rig.signed_in().await.refresh.unwrap();
    for code in CODES {
        rig.refuse(Endpoint::Token, *code);
        let refused = rig.entra.refresh(&wish("organizations"), &refresh).await.unwrap_err();
        let failure = &refused.failure;
        assert!(failure.why.ends_with(&format!("[AADSTS{code}]")), "{failure}");
        assert!(failure.hint.is_some() && failure.support_id.is_some(), "{failure:?}");
        assert!(!failure.why.contains('{'), "{failure}");
    }
}

#[tokio::test]
async fn a_refusal_in_the_browser_comes_back_to_the_terminal() {
    let rig = Rig::start().await;
    rig.refuse(Endpoint::Authorize, 65004);
    let refused = rig.browser(&wish("organizations")).await.0.unwrap_err();
    let why = &refused.failure.why;
    assert_eq!(why, "the permissions were declined [AADSTS65004]");
    assert!(!refused.ends_session);
}

#[tokio::test]
async fn redemption_and_device_code_are_refused_in_words() {
    let rig = Rig::start().await;
    rig.refuse(Endpoint::Token, 53003);
    let refused = rig.browser(&wish("organizations")).await.0.unwrap_err();
    assert!(refused.failure.why.ends_with("[AADSTS53003]"), "{}", refused.failure);
    rig.refuse(Endpoint::Devicecode, 7_000_218);
    let refused = rig.device(&wish("organizations")).await.0.unwrap_err();
    assert!(refused.failure.why.ends_with("[AADSTS7000218]"), "{}", refused.failure);
}
