//! Sign-in with a code that is typed elsewhere.

use azpat::{emulator::DeviceState, entra::Step};

use super::rig::{Rig, wish};

/// Check 43: Entra is asked no sooner than it said, and later once it asks for that.
#[tokio::test]
async fn check_43_the_interval_and_slow_down_are_obeyed() {
    let rig = Rig::start().await;
    rig.set(|entra| {
        entra.device.interval = 1;
        entra.device.slow_down = 1;
        entra.device.accept_after = Some(1);
    });
    let began = tokio::time::Instant::now();
    rig.device(&wish("organizations")).await.0.unwrap();
    // After one second, and then one and the five that are added.
    assert!(began.elapsed().as_secs() >= 7, "{:?}", began.elapsed());
    let device = &rig.emulator.control().entra().devices[0];
    assert_eq!(device.polls, 2);
}

#[tokio::test]
async fn it_waits_until_somebody_accepts() {
    let rig = Rig::start().await;
    rig.set(|entra| entra.device.accept_after = Some(3));
    let (grant, told) = rig.device(&wish("organizations")).await;
    assert_eq!(grant.unwrap().identity.username.raw(), "robin@contoso.com");
    let Step::DeviceCode { code, address, .. } = &told[0] else { panic!("{told:?}") };
    assert!(address.as_str().starts_with(rig.emulator.url().as_str()), "{address}");
    let device = &rig.emulator.control().entra().devices[0];
    assert_eq!((&device.user_code, device.state), (code, DeviceState::Redeemed));
    assert!(device.polls >= 3, "{device:?}");
}

/// Check 43: it ends with the code.
#[tokio::test]
async fn check_43_a_decline_and_an_expiry_end_it() {
    let rig = Rig::start().await;
    let control = rig.emulator.control();
    let decline = |step| {
        if let Step::DeviceCode { code, .. } = step {
            assert!(control.decline_device(&code));
        }
    };
    let refused = rig.entra.device_code(&wish("organizations"), decline).await.unwrap_err();
    assert!(refused.failure.why.contains("declined"), "{}", refused.failure);
    rig.set(|entra| entra.device.expires_in = 0);
    let refused = rig.device(&wish("organizations")).await.0.unwrap_err();
    assert!(refused.failure.why.contains("not typed in time"), "{}", refused.failure);
}

/// Check 43: only Microsoft's own hosts.
#[tokio::test]
async fn check_43_people_are_sent_to_no_other_host() {
    let rig = Rig::start().await;
    for page in ["https://evil.example/devicelogin", "http://microsoft.com/devicelogin"] {
        rig.set(|entra| entra.device.verification_uri = Some(page.to_owned()));
        let (refused, told) = rig.device(&wish("organizations")).await;
        let failure = refused.unwrap_err().failure;
        assert!(failure.why.contains("not one of Microsoft"), "{failure}");
        assert_eq!(told, [], "{page}");
    }
}
