"""A TCP proxy on the loopback that fails on purpose: cutter.py LISTEN TARGET cut|close|hang|pass BYTES.

After BYTES from the client it resets, closes, or stops forwarding. Stops by itself after an hour."""
import socket
import struct
import sys
import threading
import time

listen, target, mode, limit = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
tripped = threading.Event()
passed = 0


def forward(source, sink, counted):
    global passed
    try:
        while data := source.recv(65536):
            if counted:
                passed += len(data)
                if passed > limit and mode != "pass":
                    tripped.set()
            if tripped.is_set():
                if mode == "hang":
                    time.sleep(3600)
                if mode == "cut":
                    for end in (source, sink):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                break
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        end.close()


server = socket.create_server(("127.0.0.1", listen))
server.settimeout(3600)
while True:
    try:
        client, _ = server.accept()
    except TimeoutError:
        break
    if tripped.is_set() and mode in ("cut", "close"):
        client.close()
        continue
    upstream = socket.create_connection(("127.0.0.1", target))
    threading.Thread(target=forward, args=(client, upstream, True), daemon=True).start()
    threading.Thread(target=forward, args=(upstream, client, False), daemon=True).start()
