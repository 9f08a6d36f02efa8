CREATE TABLE notes (id serial PRIMARY KEY, text text NOT NULL);
INSERT INTO notes (text) VALUES
  ('Lathe 2: chuck key is back in the drawer, leave it there'),
  ('Brandt order 1180: second batch waits for the zinc plater'),
  ('Compressor trips at 7.8 bar, valve ordered on the 4th'),
  ('Ask Ines which drawing of the bracket is the current one'),
  ('Mill 1: spindle hours 4212, service due at 4500'),
  ('Offcuts of 40 mm bar go to the school, not to the scrap'),
  ('Safety walk with the insurer: 12 December, 9 o''clock'),
  ('Kiln thermocouple reads 6 degrees low, corrected by hand'),
  ('Spare belts for the band saw: two left, shelf C3'),
  ('Olsen pays the invoice of September in two parts'),
  ('New apprentice starts in January: locker 17, boots size 43'),
  ('Gate code changes on the first of the month, ask the office');
