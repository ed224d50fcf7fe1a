"""Many small items in one tar through the gateway, and how fast they become durable over time:
million.py GATE TOKEN DATASET COUNT PLOT

The tar is made while it is sent, each file another; the answer is read at the same time. PLOT is an SVG with the rate of
each hundredth of the items."""

import http.client
import json
import os
import sys
import tarfile
import threading
import time
from urllib.parse import urlsplit

gate, token, dataset, count, plot = urlsplit(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
SIZE = 1024
PARTS = 100
WIDTH, HEIGHT, LEFT, BOTTOM = 720, 300, 60, 40


def archive(send):
    block = os.urandom(SIZE)
    for number in range(count):
        member = tarfile.TarInfo(f"{number // 1000:04d}/{number:07d}.bin")
        member.size = SIZE
        send(member.tobuf(tarfile.USTAR_FORMAT))
        send(number.to_bytes(8, "big") + block[8:])
    send(bytes(2 * tarfile.BLOCKSIZE))


class Chunks:
    """The body of a request, in chunks of 256 KiB."""

    def __init__(self, connection):
        self.connection = connection
        self.waiting = bytearray()

    def send(self, content):
        self.waiting += content
        if len(self.waiting) >= 256 * 1024:
            self.flush()

    def flush(self):
        self.connection.send(b"%x\r\n%b\r\n" % (len(self.waiting), self.waiting))
        self.waiting.clear()

    def end(self):
        self.flush()
        self.connection.send(b"0\r\n\r\n")


def sent(connection):
    body = Chunks(connection)
    archive(body.send)
    body.end()


def drawn(rates):
    top = max(rates) * 1.1
    inside, tall = WIDTH - LEFT - 10, HEIGHT - BOTTOM - 10
    points = " ".join(
        f"{LEFT + inside * (part + 0.5) / len(rates):.1f},{10 + tall * (1 - rate / top):.1f}" for part, rate in enumerate(rates)
    )
    step = 10 ** (len(str(int(top))) - 1)
    marks = [mark for mark in range(0, int(top) + 1, step)]
    lines = "".join(
        f'<path d="M{LEFT} {10 + tall * (1 - mark / top):.1f}h{inside}" stroke="#ddd"/>'
        f'<text x="{LEFT - 6}" y="{14 + tall * (1 - mark / top):.1f}" text-anchor="end">{mark:,}</text>'
        for mark in marks
    )
    ends = "".join(
        f'<text x="{LEFT + inside * part / 4:.1f}" y="{HEIGHT - 22}" text-anchor="middle">{count * part // 4:,}</text>'
        for part in range(5)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{lines}{ends}'
        f'<polyline points="{points}" fill="none" stroke="#06c" stroke-width="1.5"/>'
        f'<text x="{LEFT + inside / 2}" y="{HEIGHT - 6}" text-anchor="middle">items there already</text>'
        f'<text x="{LEFT}" y="9">items/s</text></svg>\n'
    )


connection = http.client.HTTPConnection(gate.hostname, gate.port, timeout=600)
connection.putrequest("POST", f"/api/v1/datasets/{dataset}/items/bulk?sidecars=none")
connection.putheader("authorization", f"Bearer {token}")
connection.putheader("content-type", "application/x-tar")
connection.putheader("transfer-encoding", "chunked")
connection.endheaders()
began = time.perf_counter()
sender = threading.Thread(target=sent, args=(connection,), daemon=True)
sender.start()
reply = connection.getresponse()
assert reply.status == 200, reply.read()
created, times = 0, []
while line := reply.readline():
    said = json.loads(line)
    if "totals" in said:
        assert said["totals"]["created"] == count, said
        break
    assert said["outcome"] == "created", said
    created += 1
    if created % (count // PARTS) == 0:
        times.append(time.perf_counter() - began)
else:
    raise AssertionError("the answer was cut short")
sender.join(60)
rates = [count / PARTS / (after - before) for before, after in zip([0.0, *times], times)]
with open(plot, "w", encoding="utf-8") as file:
    file.write(drawn(rates))
tenth = len(rates) // 10
second, last = (len(some) / sum(1 / rate for rate in some) for some in (rates[tenth : 2 * tenth], rates[-tenth:]))
print(
    f"{count} items of 1 KB in one tar through the gateway: {count / times[-1]:.0f}/s, {times[-1]:.0f} s;"
    f" the last tenth {last:.0f}/s against the second {second:.0f}/s: ratio {last / second:.2f}"
)
