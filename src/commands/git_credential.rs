//! `azpat git-credential`: a credential helper of git. It gives the secret of an organization from
//! the keyring, keeps the ones that worked, and forgets those that did not. What is not of Azure
//! DevOps is left to the next helper, in silence.

use std::io::{self, Read as _, Write as _};

use secrecy::zeroize::Zeroizing;

use super::{Exit, output};
use crate::{
    cli,
    config::{Config, Source},
    failure::{Failure, FailureKind},
    pat::Organization,
    secret::PatSecret,
    sink::PatKeyring,
};

/// Far more than git ever asks with.
const LIMIT: u64 = 64 * 1024;

pub(super) async fn run(what: &cli::GitCredential, config: &Config) -> Result<Exit, Failure> {
    let mut input = Zeroizing::new(Vec::with_capacity(8192));
    let read = io::stdin().lock().take(LIMIT).read_to_end(&mut input);
    read.map_err(|error| cannot(error.to_string()))?;
    let asked = Asked::read(&input)?;
    let Source::Service(service) = &config.source else {
        return serve(what, &asked, &[]).await;
    };
    serve(what, &asked, &service.organizations).await
}

async fn serve(
    what: &cli::GitCredential,
    asked: &Asked<'_>,
    configured: &[Organization],
) -> Result<Exit, Failure> {
    let organizations = asked.organizations(configured);
    let Some(first) = organizations.first() else { return Ok(Exit::DONE) };
    let keyring = PatKeyring::new()?;
    match what.action.as_str() {
        "get" => {
            for organization in &organizations {
                if let Some(secret) = keyring.get(organization).await? {
                    answer(asked, organization, &secret)?;
                    break;
                }
            }
        }
        "store" => {
            let given = asked.password.map(PatSecret::new).filter(is_pat);
            if let Some(secret) = given
                && keyring.get(first).await?.as_ref().map(PatSecret::expose)
                    != Some(secret.expose())
            {
                if what.dry_run {
                    output::message(format!("would keep the secret of {first} in the keyring"));
                } else {
                    keyring.put(first, &secret).await?;
                }
            }
        }
        "erase" => {
            for organization in &organizations {
                let kept = keyring.get(organization).await?;
                // Another helper may have given the one that did not work.
                let is_it = |secret: &PatSecret| {
                    asked.password.is_none_or(|password| password == secret.expose())
                };
                if kept.as_ref().is_some_and(is_it) {
                    if what.dry_run {
                        let words = "would remove the secret from the keyring:";
                        output::message(format!("{words} {organization}"));
                    } else {
                        keyring.delete(organization).await?;
                    }
                    break;
                }
            }
        }
        // What git may ask one day.
        _ => {}
    }
    Ok(Exit::DONE)
}

/// What git says it is about.
#[derive(Debug, Default)]
struct Asked<'a> {
    protocol: &'a str,
    host: &'a str,
    path: &'a str,
    username: &'a str,
    password: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// Lines of `key=value` until an empty one. A CR or NUL in it has been used to smuggle other
    /// hosts past helpers.
    fn read(input: &'a [u8]) -> Result<Self, Failure> {
        let text = std::str::from_utf8(input).map_err(|_error| cannot("it is no text"))?;
        if text.contains(['\r', '\0']) {
            return Err(cannot("it has a carriage return or a zero byte in it"));
        }
        let mut asked = Self::default();
        for line in text.lines().take_while(|line| !line.is_empty()) {
            let (key, value) = line.split_once('=').ok_or_else(|| cannot("a line has no `=`"))?;
            match key {
                "protocol" => asked.protocol = value,
                "host" => asked.host = value,
                "path" => asked.path = value,
                "username" => asked.username = value,
                "password" => asked.password = Some(value),
                _ => {}
            }
        }
        Ok(asked)
    }

    /// The organizations it may be about, the likeliest first; none: it is not about Azure DevOps.
    fn organizations(&self, configured: &[Organization]) -> Vec<Organization> {
        let host = self.host.to_ascii_lowercase();
        if self.protocol != "https" {
            return Vec::new();
        }
        if let Some(name) = host.strip_suffix(".visualstudio.com") {
            return name.parse().into_iter().collect();
        }
        if host != "dev.azure.com" {
            return Vec::new();
        }
        // The path says it without doubt, where git is told to send it.
        if let Some(name) = self.path.split('/').find(|part| !part.is_empty()) {
            return name.parse().into_iter().collect();
        }
        let mut found: Vec<Organization> = self.username.parse().into_iter().collect();
        if let [only] = configured
            && !found.contains(only)
        {
            found.push(only.clone());
        }
        found
    }
}

fn is_pat(secret: &PatSecret) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    (8..=1000).contains(&secret.expose().len()) && secret.expose().bytes().all(is_letter)
}

fn answer(
    asked: &Asked<'_>,
    organization: &Organization,
    secret: &PatSecret,
) -> Result<(), Failure> {
    if !is_pat(secret) {
        return Err(cannot("what is in the keyring is no secret of a PAT"));
    }
    let user = if asked.username.is_empty() { organization.as_str() } else { asked.username };
    let text = Zeroizing::new(format!("username={user}\npassword={}\n", secret.expose()));
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|error| cannot(error.to_string()))
}

fn cannot(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Usage, "serve git", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organizations(input: &str) -> Vec<String> {
        let configured = ["fabrikam".parse().unwrap()];
        let found = Asked::read(input.as_bytes()).unwrap().organizations(&configured);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_azure_devops_is_served() {
        for (input, expected) in [
            ("protocol=https\nhost=dev.azure.com\n", &["fabrikam"][..]),
            ("protocol=https\nhost=dev.azure.com\nusername=contoso\n", &["contoso", "fabrikam"]),
            ("protocol=https\nhost=dev.azure.com\nusername=fabrikam\n", &["fabrikam"]),
            (
                "protocol=https\nhost=dev.azure.com\npath=contoso/p/_git/r\nusername=x\n",
                &["contoso"],
            ),
            ("protocol=https\nhost=contoso.visualstudio.com\nnew[]=x\n\nhost=evil\n", &["contoso"]),
            ("protocol=https\nhost=Dev.Azure.com\npath=%2e%2e/x\n", &[]),
            ("protocol=http\nhost=dev.azure.com\nusername=contoso\n", &[]),
            ("protocol=https\nhost=dev.azure.com.evil\nusername=contoso\n", &[]),
            ("protocol=https\nhost=evil.dev.azure.com\nusername=contoso\n", &[]),
            ("protocol=https\nhost=dev.azure.com:444\nusername=contoso\n", &[]),
            ("protocol=https\nhost=a.b.visualstudio.com\n", &[]),
            ("protocol=https\nhost=visualstudio.com\n", &[]),
            ("protocol=https\nhost=github.com\nusername=contoso\n", &[]),
            ("", &[]),
        ] {
            assert_eq!(organizations(input), expected, "{input}");
        }
    }

    #[test]
    fn smuggling_is_refused() {
        for input in [
            "protocol=https\r\nhost=dev.azure.com\r\n",
            "protocol=https\nhost=dev.azure.com\rhost=evil\n",
            "protocol=https\nhost=dev.azure.com\0\n",
            "protocol\n",
        ] {
            assert!(Asked::read(input.as_bytes()).is_err(), "{input:?}");
        }
        assert!(Asked::read(b"host=\xff\n").is_err());
    }
}
