# Workloads of the differential test: code that real sites have, from the distribution's modules.
class differential {
}
