package org.kemari.arbiterzookeeper.internal;

import org.apache.zookeeper.KeeperException.Code;

/** Refusals of the server in words. */
final class Refusals {
    private Refusals() {}

    /**
     * @param what was to be done: read, create, change
     * @param path of the znode
     */
    static String explain(String what, String path, Code code) {
        String problem = "ZooKeeper does not let us " + what + " " + path + " (" + code + ")";
        return switch (code) {
            case NOAUTH -> problem + ": the user and password of " + EnsembleSettings.PID
                    + " are not those with which it was made";
            case INVALIDACL -> problem + ": the server does not know the kind of authentication that is configured";
            case NONODE -> problem + ": there is no such znode";
            default -> problem;
        };
    }
}
