package org.kemari.management.internal;

import static org.kemari.api.management.NotificationTypes.PEER_PATH;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;

/** Ways to peers that have come or gone since the last look. Used by one thread. */
final class PathNews {
    private Map<String, PeerState> last = new HashMap<>();

    /** @return what there is to say, by peer */
    Map<String, List<News>> look(List<PeerHealth> peers) {
        Map<String, PeerState> now = new HashMap<>();
        Map<String, List<News>> news = new LinkedHashMap<>();
        for (PeerHealth peer : peers) {
            for (PathHealth path : peer.paths()) {
                String key = peer.peer() + " " + path.address();
                now.put(key, path.state());
                // one that has just been configured, or heard of for the first time, is no news
                PeerState before = last.getOrDefault(key, PeerState.UNKNOWN);
                boolean first = before == PeerState.UNKNOWN && path.state() == PeerState.ALIVE;
                if (before != path.state() && !first && path.state() != PeerState.UNKNOWN) {
                    news.computeIfAbsent(peer.peer(), p -> new ArrayList<>()).add(news(peer.peer(), path));
                }
            }
        }
        last = now;
        return news;
    }

    private static News news(String peer, PathHealth path) {
        String text = "Path " + path.address() + " to " + peer + " is " + path.state() + ": " + path.reason();
        return new News(
                PEER_PATH,
                text,
                News.data("Path")
                        .put("peer", peer)
                        .put("address", path.address())
                        .put("state", path.state().name())
                        .put("reason", path.reason())
                        .put("sinceEpochMillis", path.sinceEpochMillis())
                        .build());
    }
}
