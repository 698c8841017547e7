//! Dates in the zones of people, with their rules for daylight saving time, and what is left by the
//! clock of the service.

use tokio::process::Command;

use super::*;

const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
const NEW_YORK: &str = "EST5EDT,M3.2.0,M11.1.0";
const APIA: &str = "<+13>-13";
const LORD_HOWE: &str = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0";

/// Check 77: half an hour, a whole day and everything between, in the year's last hour, on leap days
/// and when clocks are turned. Each zone has a process of its own: the same test once more.
#[tokio::test]
async fn check_77_dates_are_right_in_every_zone() {
    let rows = [
        (BERLIN, "2027-03-28T00:59:59Z", "Sun 28 Mar 2027 01:59 (00:59 UTC)"),
        (BERLIN, "2027-03-28T01:00:00Z", "Sun 28 Mar 2027 03:00 (01:00 UTC)"),
        (BERLIN, "2026-10-25T00:30:00Z", "Sun 25 Oct 2026 02:30 (00:30 UTC)"),
        (BERLIN, "2026-10-25T01:30:00Z", "Sun 25 Oct 2026 02:30 (01:30 UTC)"),
        (BERLIN, "2028-02-28T23:30:00Z", "Tue 29 Feb 2028 00:30 (Mon 28 Feb 23:30 UTC)"),
        (BERLIN, "2026-12-31T23:30:00Z", "Fri 01 Jan 2027 00:30 (Thu 31 Dec 23:30 UTC)"),
        (NEW_YORK, "2027-03-14T06:59:59Z", "Sun 14 Mar 2027 01:59 (06:59 UTC)"),
        (NEW_YORK, "2027-03-14T07:00:00Z", "Sun 14 Mar 2027 03:00 (07:00 UTC)"),
        (NEW_YORK, "2026-11-01T05:30:00Z", "Sun 01 Nov 2026 01:30 (05:30 UTC)"),
        (NEW_YORK, "2026-11-01T06:30:00Z", "Sun 01 Nov 2026 01:30 (06:30 UTC)"),
        (NEW_YORK, "2027-01-01T04:59:59Z", "Thu 31 Dec 2026 23:59 (Fri 01 Jan 04:59 UTC)"),
        (APIA, "2026-11-24T10:59:00Z", "Tue 24 Nov 2026 23:59 (10:59 UTC)"),
        (APIA, "2026-11-24T11:00:00Z", "Wed 25 Nov 2026 00:00 (Tue 24 Nov 11:00 UTC)"),
        (APIA, "2028-02-28T11:00:00Z", "Tue 29 Feb 2028 00:00 (Mon 28 Feb 11:00 UTC)"),
        ("<+14>-14", "2026-12-31T09:59:59Z", "Thu 31 Dec 2026 23:59 (09:59 UTC)"),
        ("<+14>-14", "2026-12-31T10:00:00Z", "Fri 01 Jan 2027 00:00 (Thu 31 Dec 10:00 UTC)"),
        ("<-14>14", "2027-01-01T13:59:59Z", "Thu 31 Dec 2026 23:59 (Fri 01 Jan 13:59 UTC)"),
        ("<-14>14", "2027-01-01T14:00:00Z", "Fri 01 Jan 2027 00:00 (14:00 UTC)"),
        ("IST-5:30", "2026-11-24T18:29:59.9999999Z", "Tue 24 Nov 2026 23:59 (18:29 UTC)"),
        (
            "IST-5:30",
            "2026-11-24T18:30:00.0000001Z",
            "Wed 25 Nov 2026 00:00 (Tue 24 Nov 18:30 UTC)",
        ),
        (LORD_HOWE, "2027-04-03T14:59:00Z", "Sun 04 Apr 2027 01:59 (Sat 03 Apr 14:59 UTC)"),
        (LORD_HOWE, "2027-04-03T15:00:00Z", "Sun 04 Apr 2027 01:30 (Sat 03 Apr 15:00 UTC)"),
        (LORD_HOWE, "2026-10-03T15:29:00Z", "Sun 04 Oct 2026 01:59 (Sat 03 Oct 15:29 UTC)"),
        (LORD_HOWE, "2026-10-03T15:30:00Z", "Sun 04 Oct 2026 02:30 (Sat 03 Oct 15:30 UTC)"),
        ("UTC0", "2028-02-29T23:59:59Z", "Tue 29 Feb 2028 23:59 (23:59 UTC)"),
        ("UTC0", "2027-02-28T23:59:59", "Sun 28 Feb 2027 23:59 (23:59 UTC)"),
        ("UTC0", "9999-12-31T23:59:59.9999999Z", "Fri 31 Dec 9999 23:59 (23:59 UTC)"),
        ("UTC0", "2026-11-24T08:12:00+14:00", "Mon 23 Nov 2026 18:12 (18:12 UTC)"),
    ];
    if let Ok(zone) = std::env::var("AZPAT_TEST_ROLE") {
        let here: Vec<_> = rows.iter().filter(|(of, ..)| *of == zone).collect();
        assert!(here.len() > 1);
        for (_, date, expected) in here {
            assert_eq!(full(parse(date).unwrap(), Zone::Local), *expected, "{zone}: {date}");
        }
        return;
    }
    let mut zones: Vec<_> = rows.iter().map(|(zone, ..)| *zone).collect();
    zones.dedup();
    for zone in zones {
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "when::tests::zones::check_77_dates_are_right_in_every_zone"]);
        let ran = again.env("AZPAT_TEST_ROLE", zone).env("TZ", zone).output().await.unwrap();
        assert!(ran.status.success(), "{zone}: {}", String::from_utf8_lossy(&ran.stdout));
    }
}

/// Check 77: this computer's clock, how far the service's is ahead of it, the end as the service
/// writes it, and what is left.
#[test]
fn check_77_what_is_left_is_so_by_the_clock_of_the_service() {
    for (clock, ahead, end, expected) in [
        ("2026-11-24T08:00:00Z", 0, "2026-11-26T09:00:00Z", "2 d"),
        ("2026-11-24T08:00:00Z", 300, "2026-11-26T08:04:59Z", "1 d"),
        ("2026-11-24T08:00:00Z", -300, "2026-11-26T07:55:00Z", "2 d"),
        ("2026-11-24T08:00:00Z", 86_400, "2026-11-25T08:59:00Z", "59 min"),
        ("2026-11-24T08:00:00Z", -86_400, "2026-11-24T08:00:00Z", "1 d"),
        ("2026-11-24T08:00:00Z", 86_400, "2026-11-25T08:00:00Z", "now"),
        ("2028-02-28T23:59:00Z", 0, "2028-03-01T00:00:00Z", "1 d"),
        ("2027-02-28T23:59:00Z", 0, "2027-03-01T00:00:00Z", "1 min"),
        ("2026-12-31T23:59:00Z", 0, "2027-01-01T01:59:00.9999999Z", "2 h"),
        ("2026-12-31T23:59:00Z", -300, "2027-01-01T01:54:00.0000001", "2 h"),
        ("2026-11-24T08:00:00+14:00", 0, "2026-11-23T19:00:00", "1 h"),
        ("2026-11-24T08:00:00Z", 0, "9999-12-31T23:59:59.9999999Z", "2912115 d"),
    ] {
        let now = parse(clock).unwrap() + TimeDelta::seconds(ahead);
        assert_eq!(left(parse(end).unwrap() - now), expected, "{clock} {ahead} {end}");
    }
}
