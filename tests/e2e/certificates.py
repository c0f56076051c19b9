"""Certificates for tests, good and bad, made by certtool when they are first wanted: P-256 keys, since these are quick."""

import datetime
import hashlib
import pathlib
import subprocess

from programs import need

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def moment(when):
    return when.strftime("%Y-%m-%d %H:%M:%S UTC")


class Certificate:
    """A certificate and its key, each in a PEM file, and who issued it (None: it signed itself)."""

    def __init__(self, folder, name, issuer):
        self.name, self.issuer = name, issuer
        self.file, self.key = folder / f"{name}.pem", folder / f"{name}.key"

    def __str__(self):
        return str(self.file)

    @property
    def options(self):
        """As options of an endpoint."""
        return f"cert={self.file},key={self.key}"

    def pin(self, what="pubkey"):
        """The hash of its key, as pin= has it; of all of it for "x509"."""
        der = ["openssl", "x509", "-in", self.file, "-outform", "DER"]
        if what == "pubkey":
            pem = subprocess.run(["openssl", "x509", "-in", self.file, "-noout", "-pubkey"], capture_output=True, check=True)
            der = ["openssl", "pkey", "-pubin", "-outform", "DER"]
            found = subprocess.run(der, input=pem.stdout, capture_output=True, check=True)
        else:
            found = subprocess.run(der, capture_output=True, check=True)
        return "sha256:" + hashlib.sha256(found.stdout).hexdigest()


class Certificates:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.made = {}
        self.certtool = need("certtool")

    def _run(self, *arguments):
        subprocess.run([self.certtool, *map(str, arguments)], check=True, capture_output=True)

    def make(self, name, *lines, issuer=None, names=(), addresses=(), since=NOW - DAY, until=NOW + 365 * DAY,
             subject=None, key=None):
        """One with that name, once; `lines` are further lines of certtool's template, and `key` is one that there is."""
        if name in self.made:
            return self.made[name]
        certificate = self.made[name] = Certificate(self.folder, name, issuer)
        template = self.folder / f"{name}.template"
        template.write_text("\n".join([
            f'cn = "{subject or name}"', f'activation_date = "{moment(since)}"', f'expiration_date = "{moment(until)}"',
            *(f'dns_name = "{other}"' for other in names), *(f'ip_address = "{address}"' for address in addresses),
            *lines, ""]))
        if key:
            certificate.key = key
        else:
            self._run("--generate-privkey", "--key-type=ecdsa", "--curve=secp256r1", f"--outfile={certificate.key}")
        certificate.key.chmod(0o600)
        signer = ["--generate-self-signed"] if not issuer else [
            "--generate-certificate", f"--load-ca-certificate={issuer.file}", f"--load-ca-privkey={issuer.key}"]
        self._run(*signer, f"--load-privkey={certificate.key}", f"--template={template}", f"--outfile={certificate.file}")
        return certificate

    # --- authorities

    def authority(self, name, issuer=None):
        return self.make(name, "ca", "cert_signing_key", "crl_signing_key", issuer=issuer)

    @property
    def root(self):
        return self.authority("root")

    @property
    def stranger(self):
        """An authority that nobody trusts."""
        return self.authority("stranger")

    # --- servers

    def server(self, name="good", issuer=None, names=("localhost",), addresses=("127.0.0.1",), **how):
        return self.make(name, "signing_key", "tls_www_server", issuer=issuer or self.root, names=names,
                         addresses=addresses, **how)

    @property
    def expired(self):
        return self.server("expired", since=NOW - 30 * DAY, until=NOW - 10 * DAY)

    @property
    def early(self):
        """Not valid yet."""
        return self.server("early", since=NOW + 10 * DAY)

    @property
    def misnamed(self):
        return self.server("misnamed", names=("other.example", "*.wild.example"), addresses=())

    @property
    def unknown(self):
        return self.server("unknown", issuer=self.stranger)

    @property
    def self_signed(self):
        return self.make("self-signed", "signing_key", "tls_www_server", names=("localhost",), addresses=("127.0.0.1",))

    @property
    def chained(self):
        """From an authority in the middle, which its file has behind it."""
        middle = self.authority("middle", issuer=self.root)
        chained = self.server("chained", issuer=middle)
        if chained.file.read_text().count("BEGIN") == 1:
            with chained.file.open("a") as file:
                file.write(middle.file.read_text())
        return chained

    @property
    def incomplete(self):
        """The same, but for the one in the middle, which is missing."""
        return self.server("incomplete", issuer=self.authority("middle", issuer=self.root))

    @property
    def crossed(self):
        """Behind it the root as an older authority vouched for it, which has expired with that: the root itself is good."""
        crossed = self.server("crossed")
        if crossed.file.read_text().count("BEGIN") == 1:
            old = self.authority("old")
            cross = self.make("cross", "ca", "cert_signing_key", issuer=old, subject="root", key=self.root.key,
                              since=NOW - 30 * DAY, until=NOW - 10 * DAY)
            with crossed.file.open("a") as file:
                file.write(cross.file.read_text())
        return crossed

    # --- clients, revocation

    @property
    def client(self):
        return self.make("client", "signing_key", "tls_www_client", issuer=self.root)

    @property
    def revoked(self):
        return self.server("revoked")

    def list_of_revoked(self):
        """A file of the root and of its list, in which the revoked one stands."""
        file, template = self.folder / "root-and-list.pem", self.folder / "list.template"
        if not file.exists():
            template.write_text("crl_next_update = 30\ncrl_number = 1\n")
            crl = self.folder / "list.pem"
            self._run("--generate-crl", f"--load-ca-privkey={self.root.key}", f"--load-ca-certificate={self.root.file}",
                      f"--load-certificate={self.revoked.file}", f"--template={template}", f"--outfile={crl}")
            file.write_text(self.root.file.read_text() + crl.read_text())
        return file
