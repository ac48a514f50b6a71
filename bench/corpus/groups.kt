// The text of the corpus modules `kotlin` and `kotlin-exnref`: enough of the standard library
// (collections, regular expressions, exceptions, interfaces, lambdas) to draw in a good part of it.

interface Shape {
    val name: String
    fun area(): Double
}

data class Circle(val r: Double) : Shape {
    override val name get() = "circle"
    override fun area() = 3.14159265358979 * r * r
}

data class Box(val w: Double, val h: Double) : Shape {
    override val name get() = "box"
    override fun area() = w * h
}

class Refused(message: String) : Exception(message)

fun check(shape: Shape): Shape =
    if (shape.area() < 0.0) throw Refused("negative ${shape.name}") else shape

fun words(text: String): Map<String, Int> =
    Regex("[a-z]+").findAll(text.lowercase()).map { it.value }.groupingBy { it }.eachCount()

fun fibonacci(): Sequence<Long> = sequence {
    var a = 0L
    var b = 1L
    while (true) {
        yield(a)
        val c = a + b
        a = b
        b = c
    }
}

fun main() {
    val shapes = listOf(Circle(2.0), Box(3.0, 4.0), Box(-1.0, 2.0))
    for (s in shapes) {
        try {
            println("${check(s).name} ${s.area()}")
        } catch (e: Refused) {
            println("refused: ${e.message}")
        } finally {
            println("seen $s")
        }
    }
    println(words("The wattle grows by the water, and the birds grow with the wattle"))
    println(fibonacci().take(60).toList().chunked(7).joinToString("\n"))
    println(shapes.sortedByDescending { it.area() }.associateBy { it.name })
}
