# Runs Autobahn's cases against several servers side by side, and prints what each case found:
#   client.py SUITE.jar PATIENCE CASE,CASE... NAME=URL[,PROXY_HOST:PROXY_PORT] ...
# It waits PATIENCE times as long as the suite does by itself.
import sys

suite, patience, cases, servers = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(","), sys.argv[4:]
sys.path.insert(0, suite)

from autobahntestsuite.fuzzing import FuzzingClientFactory, FuzzingProtocol
from twisted.internet import reactor

FOUND = ["agent", "id", "behavior", "behaviorClose", "remoteCloseCode"]
running = set()


def patient(method):
    wait = getattr(FuzzingProtocol, method).im_func
    setattr(FuzzingProtocol, method, lambda self, delay: wait(self, delay * patience))


patient("killAfter")
patient("closeAfter")


class Client(FuzzingClientFactory):
    def __init__(self, server):
        name, way = server.split("=", 1)
        url, _, self.by = way.partition(",")
        running.add(name)
        FuzzingClientFactory.__init__(self, {
            "servers": [{"agent": name, "url": url}],
            "options": {"openHandshakeTimeout": 5 * patience, "closeHandshakeTimeout": patience},
            "cases": cases,
            "exclude-cases": [],
            "exclude-agent-cases": {}})

    def nextServer(self):
        more = FuzzingClientFactory.nextServer(self)
        if self.by:
            host, port = self.by.split(":")
            self.proxy = {"host": host, "port": int(port)}
        return more

    def logCase(self, found):
        print "\t".join(["case"] + [str(found[what]) for what in FOUND])

    def clientConnectionLost(self, connector, reason):
        if self.nextCase():
            connector.connect()
            return
        running.discard(self.agent)
        if not running:
            reactor.stop()

    def clientConnectionFailed(self, connector, reason):
        print "failed", self.agent, reason.getErrorMessage()
        self.clientConnectionLost(connector, reason)


for server in servers:
    Client(server)
reactor.run()
