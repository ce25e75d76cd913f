# Ten resources.
class differential::hundred::c043 {
  notify { 'c043 1':
    message => "1 of class c043 on ${facts['networking']['hostname']}",
  }
  notify { 'c043 2':
    message => "2 of class c043 on ${facts['networking']['hostname']}",
  }
  notify { 'c043 3':
    message => "3 of class c043 on ${facts['networking']['hostname']}",
  }
  notify { 'c043 4':
    message => "4 of class c043 on ${facts['networking']['hostname']}",
  }
  notify { 'c043 5':
    message => "5 of class c043 on ${facts['networking']['hostname']}",
  }
  notify { 'c043 6':
    message => "6 of class c043 on ${facts['networking']['hostname']}",
  }
  notify { 'c043 7':
    message => "7 of class c043 on ${facts['networking']['hostname']}",
  }
  notify { 'c043 8':
    message => "8 of class c043 on ${facts['networking']['hostname']}",
  }
  notify { 'c043 9':
    message => "9 of class c043 on ${facts['networking']['hostname']}",
  }
  notify { 'c043 10':
    message => "10 of class c043 on ${facts['networking']['hostname']}",
  }
}
