package org.kemari.ringrestoration.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.NicDefinition;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.virtio.block.BlockConfig;
import org.kemari.virtio.block.BlockRequest;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.RingLayout;
import org.kemari.virtio.ring.Virtqueue;

/**
 * Compares a snapshot with the image that came with it. The rings in the image tell how far the driver has got and what
 * was completed; which heads are in flight only the snapshot knows, because the driver may have reused their slots in the
 * available ring.
 */
final class RingCheck {
    private static final int MASK = 0xffff;
    /** Receive and transmit. */
    private static final int NIC_RINGS = 2;

    private final DomainDefinition definition;
    private final GuestMemory guest;
    private final DescriptorChain chain = new DescriptorChain();
    private final BlockRequest request = new BlockRequest();

    RingCheck(DomainDefinition definition, GuestMemory guest) {
        this.definition = definition;
        this.guest = guest;
    }

    static IOException fault(String device, int ring, String what) {
        return new IOException("device " + device + ", ring " + ring + ": " + what);
    }

    /** The ring in the image, if it can be that of the snapshot. */
    static Virtqueue queue(GuestMemory guest, DeviceSnapshot device, RingSnapshot ring) throws IOException {
        if (ring.availIndex() < 0 || ring.availIndex() > MASK) {
            throw fault(device.device(), ring.index(), "available index " + ring.availIndex());
        }
        Virtqueue queue;
        try {
            queue = new Virtqueue(
                    guest,
                    new RingLayout(ring.size(), ring.descriptorTable(), ring.availRing(), ring.usedRing()),
                    device.features(),
                    ring.availIndex());
        } catch (RingException e) {
            throw fault(device.device(), ring.index(), e.getMessage());
        }
        if (queue.usedIndex() != ring.usedIndex()) {
            throw fault(
                    device.device(),
                    ring.index(),
                    "used index is " + ring.usedIndex() + " in the snapshot and " + queue.usedIndex()
                            + " in the image");
        }
        return queue;
    }

    /** Returns the number of requests in flight. */
    int check(TapSnapshot snapshot) throws IOException {
        List<String> expected = expectedDevices();
        List<String> found = snapshot.devices().stream()
                .map(d -> d.kind() + " " + d.device())
                .toList();
        if (!expected.equals(found)) {
            throw new IOException("the snapshot is of the devices " + found + ", but domain " + definition.name()
                    + " has " + expected);
        }
        int requests = 0;
        for (DeviceSnapshot device : snapshot.devices()) {
            requests += check(device);
        }
        return requests;
    }

    private List<String> expectedDevices() {
        List<String> devices = new ArrayList<>();
        for (DiskDefinition disk : definition.disks()) {
            devices.add(DeviceKind.BLOCK + " " + disk.id());
        }
        for (NicDefinition nic : definition.nics()) {
            devices.add(DeviceKind.NET + " " + nic.id());
        }
        return devices;
    }

    private int ringsOf(DeviceSnapshot device) {
        return definition.disks().stream()
                .filter(d -> device.kind() == DeviceKind.BLOCK && d.id().equals(device.device()))
                .mapToInt(DiskDefinition::queues)
                .findFirst()
                .orElse(NIC_RINGS);
    }

    private int check(DeviceSnapshot device) throws IOException {
        Set<Integer> indices = new HashSet<>();
        Set<Long> sequences = new HashSet<>();
        int requests = 0;
        for (RingSnapshot ring : device.rings()) {
            if (ring.index() < 0 || ring.index() >= ringsOf(device) || !indices.add(ring.index())) {
                throw fault(device.device(), ring.index(), "there is no such ring, or it is there twice");
            }
            check(device, ring, queue(guest, device, ring), sequences);
            requests += ring.inFlight().size();
        }
        return requests;
    }

    private void check(DeviceSnapshot device, RingSnapshot ring, Virtqueue queue, Set<Long> sequences)
            throws IOException {
        try {
            queue.available();
        } catch (RingException e) {
            throw fault(device.device(), ring.index(), e.getMessage());
        }
        if (device.kind() == DeviceKind.NET && !ring.inFlight().isEmpty()) {
            throw fault(device.device(), ring.index(), "a network ring with requests in flight");
        }
        if (queue.inFlight() != ring.inFlight().size()) {
            throw fault(
                    device.device(),
                    ring.index(),
                    "the indices leave " + queue.inFlight() + " requests in flight, the snapshot lists "
                            + ring.inFlight().size());
        }
        Set<Integer> heads = new HashSet<>();
        long last = 0;
        for (InFlight inFlight : ring.inFlight()) {
            if (!heads.add(inFlight.head())) {
                throw fault(device.device(), ring.index(), "descriptor " + inFlight.head() + " is in flight twice");
            }
            if (inFlight.sequence() <= last || !sequences.add(inFlight.sequence())) {
                throw fault(device.device(), ring.index(), "request " + inFlight.sequence() + " out of sequence");
            }
            last = inFlight.sequence();
            parse(device, ring, queue, inFlight);
        }
    }

    private void parse(DeviceSnapshot device, RingSnapshot ring, Virtqueue queue, InFlight inFlight)
            throws IOException {
        try {
            queue.load(inFlight.head(), chain);
            // Only the form counts here: what lies beyond the disk's end is refused when it is executed.
            request.parse(guest, chain, BlockConfig.of(0, false, 1));
        } catch (RingException e) {
            throw fault(device.device(), ring.index(), e.getMessage());
        }
    }
}
