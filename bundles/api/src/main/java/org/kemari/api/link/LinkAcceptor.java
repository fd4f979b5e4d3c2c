package org.kemari.api.link;

/** Takes incoming links. Register as a service with the property {@link #CHANNEL}. */
public interface LinkAcceptor {
    /** Service property: the channel that this acceptor serves, at most 32 ASCII characters. */
    String CHANNEL = "kemari.channel";

    /** Called on a thread of its own for each link, which is closed when the call returns. */
    void accepted(Link link);
}
