//! `azpat init`: asks how to sign in and to which organizations, and writes the configuration.
//! What is there already is kept or shown before it is replaced; nothing unreadable is written.

mod organizations;
mod questions;

use std::path::Path;

use self::{organizations::Service, questions::Questions};
use super::{Exit, output};
use crate::{
    cli,
    config::{Answers, Draft, Environment, Flags, Problems, endpoints, value},
    failure::{Failure, FailureKind},
    private, text,
};

pub(super) async fn run(what: &cli::Init, flags: &Flags) -> Result<Exit, Failure> {
    if flags.demo {
        return Err(usage("the example data needs no configuration"));
    }
    let environment = Environment::of_process();
    let draft = Draft::find(flags.config.as_deref(), &environment)
        .ok_or_else(|| usage("your home folder is not known").hint("name a file with --config"))?;
    let can_ask = output::can_ask();
    if !can_ask {
        needs_nobody(what, flags, &draft)?;
    }
    let path = text::visible(&draft.path().to_string_lossy()).into_owned();
    if let Some(problems) = &draft.problems {
        output::message(problems);
    }
    let service = endpoints(&draft, &environment).map_err(|problems| wrong(&problems))?;
    let service = Service::new(&service)?;
    let mut answers = given(what, flags)?;
    if let Some(organizations) = &answers.organizations {
        service.check_all(organizations).await?;
    }
    if can_ask {
        output::show(&format!("Sets up {path}. Ctrl-D leaves without writing.\n\n"));
        Questions { draft: &draft, service: &service }.fill(&mut answers).await?;
    }
    let written = draft.with(&answers).map_err(|problems| wrong(&problems))?;
    let difference = draft.difference(&written);
    if draft.is_there && draft.problems.is_none() && difference.iter().all(|(sign, _)| *sign == ' ')
    {
        output::message(format!("{path} says all this already; nothing was written"));
        return Ok(Exit::DONE);
    }
    let shown = shown(&draft, &written, &difference);
    if what.dry_run {
        output::result(&format!("would write {path}:\n{shown}"))?;
        return Ok(Exit::DONE);
    }
    if can_ask {
        output::show(&format!("\n{path}:\n{shown}"));
    }
    let is_sure = what.force || (what.yes && !draft.is_there);
    if !is_sure && !questions::yes(&format!("Write {path}?"))? {
        return Err(cancelled("it was not confirmed; nothing was written"));
    }
    if !draft.is_current() {
        return Err(cancelled("the file has changed meanwhile; nothing was written")
            .hint("run `azpat init` again"));
    }
    write(draft.path(), &written)?;
    output::result(&format!("wrote {path}\n"))?;
    output::message(next(&written));
    Ok(Exit::DONE)
}

/// Without a terminal the flags have to say everything.
fn needs_nobody(what: &cli::Init, flags: &Flags, draft: &Draft) -> Result<(), Failure> {
    let nobody = "nobody can be asked, since standard input or error is no terminal";
    if flags.sign_in.is_none() || !(what.yes || what.force || what.dry_run) {
        return Err(usage(nobody).hint(
            "give --sign-in and --yes, and --organization, --client-id and --tenant as needed",
        ));
    }
    if draft.is_there && !(what.force || what.dry_run) {
        let path = text::visible(&draft.path().to_string_lossy()).into_owned();
        return Err(usage(&format!("{path} is there already, and {nobody}"))
            .hint("--force replaces what it says about this and keeps the rest"));
    }
    Ok(())
}

/// What the flags answer.
fn given(what: &cli::Init, flags: &Flags) -> Result<Answers, Failure> {
    let mut answers = Answers {
        client_id: what.client_id.map(Some),
        tenant: what.tenant.clone().map(Some),
        ..Answers::default()
    };
    if !flags.organizations.is_empty() {
        let names = flags.organizations.iter().map(|name| value::organization(name));
        answers.organizations = Some(names.collect::<Result<_, _>>().map_err(|why| usage(&why))?);
    }
    if let Some(name) = &flags.sign_in {
        value::sign_in(name).map_err(|why| usage(&why))?;
        answers.sign_in = Some(name.clone());
    }
    Ok(answers)
}

/// What is to be written.
fn shown(draft: &Draft, written: &str, difference: &[(char, String)]) -> String {
    let lines: Vec<_> = if draft.is_there {
        let line = |(sign, line): &(char, String)| format!("  {sign} {}\n", text::visible(line));
        difference.iter().map(line).collect()
    } else {
        written.lines().map(|line| format!("  {}\n", text::visible(line))).collect()
    };
    lines.concat()
}

/// Puts it in its place, for nobody else to read.
fn write(path: &Path, written: &str) -> Result<(), Failure> {
    // A folder that is there may have other uses; only one that is missing is made.
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        private::folder(folder)?;
    }
    close(path);
    private::write(path, written.as_bytes())
}

/// A configuration of the user's own may have been open to others so far, since it holds no
/// secret. If it cannot be closed, writing tells why.
fn close(path: &Path) {
    #[cfg(unix)]
    {
        use std::{
            fs::{self, OpenOptions},
            os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
        };
        let is_ours = |metadata: &fs::Metadata| {
            metadata.is_file() && metadata.uid() == rustix::process::geteuid().as_raw()
        };
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let file =
            OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
        if let Ok(file) = file
            && file.metadata().is_ok_and(|metadata| is_ours(&metadata))
        {
            file.set_permissions(fs::Permissions::from_mode(0o600)).ok();
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// What to do with it.
fn next(written: &str) -> String {
    let says = |word: &str| written.contains(&format!("\"{word}\""));
    if says("azure_cli") {
        "next: `az login`, unless you are signed in there, then `azpat`".to_owned()
    } else if says("environment") {
        "next: put a Microsoft Entra access token into AZPAT_ACCESS_TOKEN, then `azpat`".to_owned()
    } else if says("client_id") {
        "next: `azpat login`, then `azpat`".to_owned()
    } else {
        "next: `azpat`; without an app registration it signs in with the Azure CLI".to_owned()
    }
}

fn usage(why: &str) -> Failure {
    Failure::new(FailureKind::Usage, "set up", why)
}

fn wrong(problems: &Problems) -> Failure {
    usage(&problems.to_string())
}

fn cancelled(why: &str) -> Failure {
    Failure::new(FailureKind::Cancelled, "set up", why)
}
