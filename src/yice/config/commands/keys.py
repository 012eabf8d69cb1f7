"""密钥：哪把密钥封了多少值；换一把新的，不停机"""

from __future__ import annotations

import typer

from yice.config.commands import setup_django, text

app = typer.Typer(
    help=text("密钥：哪把密钥封了多少值；换一把新的，不停机"),
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
)


@app.command(help=text("哪把密钥封了多少值"))
def status() -> None:
    setup_django()
    from yice.config import sealed
    from yice.config.environment import index_keys, seal_keys
    from yice.loop.identify import indexing

    counts = sealed.by_version()
    for version, key in seal_keys().items():
        name = "SM4-GCM" if len(key) == 16 else "AES-256-GCM"
        typer.echo(
            text("第 {version} 把（{name}）：{count} 个值", version=version, name=name, count=counts[version])
        )
    marks = indexing.by_version()
    for version, key in enumerate(index_keys(), 1):
        name = "HMAC-SM3" if len(key) == 64 else "HMAC-SHA256"
        typer.echo(
            text(
                "索引密钥第 {version} 把（{name}）：{count} 个值",
                version=version,
                name=name,
                count=marks[version],
            )
        )


def _use_current() -> None:
    """The keys of the folder or the environment, as they are by now."""
    from yice.config import keys
    from yice.config.environment import index_keys, seal_keys
    from yice.identifiers import sealing

    sealing.use_keys(
        seal=seal_keys(),
        index=index_keys(),
        row=keys.current()["ROW"],
        newer=seal_keys,
        newer_index=index_keys,
    )


@app.command(
    name="rotate-index", help=text("造一把新的索引密钥，叠加在旧的之上，分批换过来；可以中断，再运行就接着做")
)
def rotate_index() -> None:
    setup_django()
    from yice.audit.services import record
    from yice.config import keys, serving
    from yice.config.environment import index_keys
    from yice.identifiers import sealing
    from yice.loop.identify import indexing

    serving.require_current_tables()
    counts = indexing.by_version()
    if not any(
        counts[version] for version in range(1, len(index_keys()))
    ):  # nothing left over from a stopped one
        keys.add_key("INDEX")
    _use_current()

    def tell(what: str, done: int) -> None:
        typer.echo(f"\r{what} {done}", nl=False, err=True)

    changed = indexing.mark_anew(tell)
    record(
        actor=None, code="keys.index_rotated", values={"version": sealing.mark_version(), "count": changed}
    )
    typer.echo("", err=True)
    typer.echo(
        text(
            "换了 {count} 个索引，现在用第 {version} 把索引密钥。请另存密钥；旧的索引密钥仍要留着，但只有它一把已查不出任何人。",
            count=changed,
            version=sealing.mark_version(),
        )
    )


@app.command(help=text("造一把新的密封密钥，分批重新密封；可以中断，再运行就接着做"))
def rotate() -> None:
    setup_django()
    from yice.audit.services import record
    from yice.config import keys, sealed, serving
    from yice.config.environment import seal_keys
    from yice.identifiers import sealing

    serving.require_current_tables()
    older = sum(count for version, count in sealed.by_version().items() if version < max(seal_keys()))
    if not older:  # nothing left over from a rotation that was stopped
        keys.add_key("SEAL")
    _use_current()

    def tell(what: str, done: int, total: int) -> None:
        typer.echo(f"\r{what} {done}/{total}", nl=False, err=True)

    changed = sealed.seal_anew(tell)
    record(actor=None, code="keys.rotated", values={"version": sealing.current_version(), "count": changed})
    typer.echo("", err=True)
    typer.echo(
        text(
            "重新密封了 {count} 个值，现在用第 {version} 把密钥。请重新启动各进程，再运行一次，然后另存密钥。",
            count=changed,
            version=sealing.current_version(),
        )
    )
