"""How a driver's process carries out an order: which method of which device it comes to."""

import time
from collections.abc import Mapping

from hardware.hosted.orders import Close, Open, Order, Pair, Show
from hardware.ports import Annunciator, CardEncoder, FaceCamera, FingerSensor, Reader, Report, SecureReader
from hardware.signals import DeviceId, SensorFailed
from hardware.tickets import Encode, Enrol, Forget, LookAt, StopTicket, TicketOrder, Verify


def obey(
    order: Order,
    devices: Mapping[DeviceId, Reader],
    annunciators: Mapping[DeviceId, Annunciator],
    report: Report,
) -> None:
    """Carry out one order. What an opened device reports goes to ``report``."""
    match order:
        case Open(device):
            devices[device].open(report)
        case Close(device):
            devices[device].close()
        case Show(device, pattern):
            if pattern is None:
                annunciators[device].close()
            else:
                annunciators[device].show(pattern)
        case Pair(device, key, within_s):
            reader = devices[device]
            if isinstance(reader, SecureReader):
                reader.pair(key, within_s)
        case StopTicket(device, ticket):
            able = devices[device]
            if isinstance(able, FingerSensor | FaceCamera | CardEncoder):
                able.stop(ticket)
        case _:
            if not _begin(order, devices[order.device]):
                why = "this device cannot do that"
                report(SensorFailed(order.device, time.monotonic_ns(), order.ticket, why, broken=True))


def _begin(order: TicketOrder, device: Reader) -> bool:
    """Begin what is answered under a ticket; tell whether the device is one that can."""
    match order:
        case Verify(_, ticket, templates, within_s) if isinstance(device, FingerSensor):
            device.verify(ticket, templates, within_s)
        case Enrol(_, ticket, template, within_s) if isinstance(device, FingerSensor):
            device.enrol(ticket, template, within_s)
        case Forget(_, ticket, template) if isinstance(device, FingerSensor):
            device.forget(ticket, template)
        case LookAt(_, ticket, look, within_s) if isinstance(device, FaceCamera):
            device.look(ticket, look, within_s)
        case Encode(_, ticket, technology, within_s) if isinstance(device, CardEncoder):
            device.encode(ticket, technology, within_s)
        case _:
            return False
    return True
