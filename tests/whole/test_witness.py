"""Controller, notary and witness as processes: a rollback of everything here, and a witness that hangs."""

from contextlib import closing
from pathlib import Path

from accessctl.home import Home
from accessctl.link.requests import DoorOrder, OrderDoor
from accessctl.store.tree import TreeReader
from tests.notary.keepers import Copy, types
from tests.whole.processes import Door, Warehouse, stopped
from tests.whole.site import once
from tests.whole.test_notary import Notary, heads_of, notary_of, opens
from tests.witness.serving import Serving, serving


def witnessed_by(home: Home, witness: Serving) -> None:
    """Name the witness in the site file."""
    anchor = f'{{ kind = "witness", url = "{witness.url}", vkey = "{witness.vkey}" }}'
    home.site_file.write_text(home.site_file.read_text() + f"\n[record]\nanchors = [{anchor}]\n")


def make_known(home: Home, witness: Serving) -> None:
    """Give the log's key to the witness's keeper."""
    with closing(TreeReader.open(home.tree)) as tree:
        witness.name(tree.meta("vkey"))


def cosigned(home: Home) -> bool:
    """Whether the newest head is cosigned."""
    head = heads_of(home)[-1].checkpoint
    with closing(TreeReader.open(home.tree)) as tree:
        return bool(tree.cosignatures(head.origin, head.size))


def sign(notary: Notary) -> None:
    """Have it sign, and wait until that head is cosigned."""
    notary.sign()
    once(lambda: cosigned(notary.home), lambda: f"not cosigned: {notary.log.read_text()}")


def test_a_rollback_of_record_and_tree_is_an_alarm_and_doors_open(
    home: Home, warehouse: Warehouse, tmp_path: Path
) -> None:
    """Both are yesterday's and agree; another machine has seen today. Also after the witness was killed."""
    with serving(tmp_path / "witness") as witness:
        with Door(home), notary_of(home) as notary:
            notary.sign()
            notary.stop()
        make_known(home, witness)
        witnessed_by(home, witness)
        with Door(home), notary_of(home) as notary:
            sign(notary)
            notary.stop()
        yesterday = Copy(home, "record.db", "tree.db")
        with Door(home) as door, notary_of(home) as notary:
            for number in range(60):
                door.ask(OrderDoor(f"today-{number}", "shed", DoorOrder.RELEASE, "tester"))
            sign(notary)
            notary.stop()
        port = witness.url.rpartition(":")[2]
        witness.kill()
    yesterday.put_back()
    with serving(tmp_path / "witness", listen=f"127.0.0.1:{port}"), Door(home) as door:
        with notary_of(home) as notary:
            words = notary.refused()
            assert "witness witness.example.com/w1" in words
            once(lambda: "log_rollback" in types(home), lambda: f"no alarm: {types(home)[-5:]}; {words}")
        opens(door, warehouse, "disagreeing")


def test_doors_and_heads_do_not_wait_for_a_witness_that_hangs(
    home: Home, warehouse: Warehouse, tmp_path: Path
) -> None:
    """It is stopped in the midst of its work; heads are signed, and cosigned once it is back."""
    with serving(tmp_path / "witness") as witness:
        with Door(home), notary_of(home) as notary:
            notary.sign()
            notary.stop()
        make_known(home, witness)
        witnessed_by(home, witness)
        with Door(home) as door, notary_of(home) as notary:
            sign(notary)
            with stopped(witness.process.pid):
                opens(door, warehouse, "hanging")
                size = heads_of(home)[-1].checkpoint.size
                notary.sign()
                assert heads_of(home)[-1].checkpoint.size > size
                assert not cosigned(home)
            once(lambda: cosigned(home), lambda: f"not cosigned: {notary.log.read_text()}")
