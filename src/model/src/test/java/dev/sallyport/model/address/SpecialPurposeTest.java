package dev.sallyport.model.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecialPurposeTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, unspecified address",
        "0.1.2.3, address of this network",
        "10.0.0.0, private address",
        "10.255.255.255, private address",
        "100.64.0.0, shared (CGNAT) address",
        "100.127.255.255, shared (CGNAT) address",
        "100.100.100.200, cloud metadata address",
        "127.0.0.1, loopback address",
        "127.255.255.255, loopback address",
        "168.63.129.16, cloud metadata address",
        "169.254.0.1, link-local address",
        "169.254.169.254, cloud metadata address",
        "169.254.170.2, cloud metadata address",
        "169.254.170.23, cloud metadata address",
        "172.16.0.0, private address",
        "172.31.255.255, private address",
        "192.0.0.1, protocol assignment address",
        "192.0.0.192, cloud metadata address",
        "192.0.2.1, documentation address",
        "192.88.99.1, 6to4 relay address",
        "192.168.0.0, private address",
        "192.168.255.255, private address",
        "198.18.0.0, benchmarking address",
        "198.19.255.255, benchmarking address",
        "198.51.100.7, documentation address",
        "203.0.113.7, documentation address",
        "224.0.0.1, multicast address",
        "239.255.255.255, multicast address",
        "240.0.0.1, reserved address",
        "255.255.255.254, reserved address",
        "255.255.255.255, broadcast address",
        "::, unspecified address",
        "::1, loopback address",
        "::ffff:127.0.0.1, loopback address",
        "::ffff:a9fe:a9fe, cloud metadata address",
        "::2, address of this network in IPv4-compatible form",
        "::127.0.0.1, loopback address in IPv4-compatible form",
        "::8.8.8.8, IPv4-compatible address",
        "::ffff:0:10.0.0.1, private address in IPv4-translated form",
        "::ffff:0:8.8.8.8, IPv4-translated address",
        "64:ff9b::10.0.0.1, private address in NAT64 form",
        "64:ff9b::169.254.169.254, cloud metadata address in NAT64 form",
        "64:ff9b:1::8.8.8.8, local NAT64 address",
        "100::1, discard-only address",
        "2001::1, reserved address in Teredo form",
        "2001:0:808:808::f7f7:f7f7, Teredo address",
        "2001:0:a00:1::f7f7:f7f7, private address in Teredo form",
        "2001:0:808:808::80ff:fffe, loopback address in Teredo form",
        "2001:2::1, benchmarking address",
        "2001:10::1, protocol assignment address",
        "2001:db8::1, documentation address",
        "2002:7f00:1::1, loopback address in 6to4 form",
        "2002:a9fe:a9fe::, cloud metadata address in 6to4 form",
        "2002:808:808::1, 6to4 address",
        "2a00:1450::5efe:10.0.0.1, private address in ISATAP form",
        "2a00:1450::200:5efe:192.168.1.1, private address in ISATAP form",
        "fe80::5efe:8.8.8.8, link-local address",
        "3fff::1, documentation address",
        "4000::1, reserved address",
        "5f00::1, reserved address",
        "200::1, reserved address",
        "fc00::1, private address",
        "fdff:ffff::1, private address",
        "fd00:ec2::254, cloud metadata address",
        "fd00:ec2::23, cloud metadata address",
        "fd20:ce::254, cloud metadata address",
        "fe80::1, link-local address",
        "febf::1, link-local address",
        "fec0::1, site-local address",
        "feff::1, site-local address",
        "fe00::1, reserved address",
        "ff02::1, multicast address",
    })
    void knowsWhatIsNotPlainlyOnTheInternet(String address, String use) {
        assertThat(SpecialPurpose.of(IpAddress.parse(address))).isEqualTo(use);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.0.3.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2003::1",
                "2606:4700::1111",
                "2a00:1450:4001::200e",
                "3ffe::1",
                "64:ff9b::8.8.8.8",
                "2a00:1450::5efe:8.8.8.8"
            })
    void letsTheInternetBe(String address) {
        assertThat(SpecialPurpose.of(IpAddress.parse(address))).isNull();
    }
}
