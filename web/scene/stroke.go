package scene

// Groups reads a line that was drawn across the picture: the sides into which it parts the members, first the side of
// the first member. Two members stay together when the line does not cross the way between them, or crosses it twice.
// The line is carried on at both ends to the edge of the picture. Fewer than two sides: the line parts nobody.
func (l *Layout) Groups(stroke []Point) [][]string {
	if len(stroke) < 2 || len(l.Members) < 2 {
		return nil
	}
	line := l.carriedOn(stroke)
	side := make([]int, len(l.Members))
	for i := range side {
		side[i] = i
	}
	for i := range l.Members {
		for j := range i {
			if crossings(line, l.Members[i].At, l.Members[j].At)%2 == 0 {
				join(side, side[i], side[j])
			}
		}
	}
	var groups [][]string
	for i := range side {
		var g []string
		for j, m := range l.Members {
			if side[j] == i {
				g = append(g, m.Name)
			}
		}
		if len(g) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// carriedOn adds a long piece at each end of a stroke, in the direction in which it began and ended.
func (l *Layout) carriedOn(stroke []Point) []Point {
	far := l.Size.W + l.Size.H
	n := len(stroke)
	first := towards(stroke[0], stroke[min(n-1, 1+n/6)], -far)
	last := towards(stroke[n-1], stroke[max(0, n-2-n/6)], -far)
	line := append([]Point{first}, stroke...)
	return append(line, last)
}

func join(side []int, a, b int) {
	a, b = min(a, b), max(a, b)
	for i := range side {
		if side[i] == b {
			side[i] = a
		}
	}
}

func crossings(line []Point, a, b Point) int {
	n := 0
	for i := 1; i < len(line); i++ {
		if left(a, b, line[i-1]) != left(a, b, line[i]) && left(line[i-1], line[i], a) != left(line[i-1], line[i], b) {
			n++
		}
	}
	return n
}

// left says on which side of the line from a to b the point p lies.
func left(a, b, p Point) bool { return (b.X-a.X)*(p.Y-a.Y)-(b.Y-a.Y)*(p.X-a.X) > 0 }
