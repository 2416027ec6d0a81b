package world

// Keyframes returns the turns of the current branch's keyframes.
func (r *Run) Keyframes() []uint64 {
	frames := r.branches[r.current].frames
	turns := make([]uint64, len(frames))
	for i, f := range frames {
		turns[i] = f.turn
	}
	return turns
}
