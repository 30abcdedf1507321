import io
import tarfile
from collections.abc import Mapping

from seawall.ship.sbom import Component, document, read

GO = bytes.fromhex("3077af0c9274080241e1c107e6d618e6"), bytes.fromhex("f932433186182072008242104116d8f2")


def archive(files: Mapping[str, bytes]) -> tarfile.TarFile:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    made.seek(0)
    return tarfile.open(fileobj=made, mode="r|")


def test_packages_are_found_by_the_records_of_what_installed_them() -> None:
    program = (
        b"\x7fELF..." + GO[0] + b"path\ta\nmod\tacme.dev/a\tv1.0\th\ndep\tb.dev/b\tv2.0\n=>\tc.dev/c\tv3.0\n" + GO[1]
    )
    files = {
        "var/lib/dpkg/status": (
            b"Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.41-12+deb13u3\n\n"
            b"Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n"
        ),
        "var/lib/dpkg/status.d/tzdata": b"Package: tzdata\nArchitecture: all\nVersion: 2026a\nDescription: a\n b\n",
        "./opt/venv/lib/python3.13/site-packages/A_b-1.dist-info/METADATA": b"Name: A_b\nVersion: 1\n\nName: no\n",
        "usr/lib/os-release": b'ID=debian\nVERSION_ID="13"\n',
        "usr/bin/a": program,
        "usr/bin/sh": b"#!/bin/sh\n",
        "app/notes/METADATA": b"Name: no\nVersion: 1\n",
    }
    with archive(files) as opened:
        components, distribution = read(opened)
    assert distribution == "debian-13"
    assert components == (
        Component("deb", "libc6", "1:2.41-12+deb13u3", "amd64"),
        Component("deb", "tzdata", "2026a", "all"),
        Component("golang", "acme.dev/a", "v1.0"),
        Component("golang", "c.dev/c", "v3.0"),
        Component("pypi", "A_b", "1"),
    )
    made = document("ghcr.io/acme/api:1", "", components, distribution)
    assert [each.get("purl") for each in made["components"]] == [
        None,
        "pkg:deb/debian/libc6@1%3A2.41-12%2Bdeb13u3?arch=amd64&distro=debian-13",
        "pkg:deb/debian/tzdata@2026a?arch=all&distro=debian-13",
        "pkg:golang/acme.dev/a@v1.0",
        "pkg:golang/c.dev/c@v3.0",
        "pkg:pypi/a-b@1",
    ]
